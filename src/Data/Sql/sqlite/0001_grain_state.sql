-- The statements that the Orleans AdoNet providers read once at start, by key.
CREATE TABLE OrleansQuery
(
    QueryKey text PRIMARY KEY,
    QueryText text NOT NULL
);

-- One row a stored grain state. The primary key is the whole identity: without it two first writes of one state can both be acknowledged.
CREATE TABLE replays_grain_state
(
    service_id text NOT NULL,
    state_name text NOT NULL,
    grain_key text NOT NULL, -- a null extension is folded to ''
    n0 integer NOT NULL,
    n1 integer NOT NULL,
    version integer NOT NULL,
    payload blob,            -- null: cleared
    written_at text NOT NULL,
    PRIMARY KEY (service_id, state_name, grain_key, n0, n1)
);

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('ReadFromStorageKey', '
SELECT payload AS PayloadBinary, version AS Version
FROM replays_grain_state
WHERE service_id = @ServiceId AND state_name = @GrainTypeString AND grain_key = coalesce(@GrainIdExtensionString, '''')
  AND n0 = @GrainIdN0 AND n1 = @GrainIdN1
'),
-- A row's first version is random, so that a writer that remembers a deleted row can't match the row that came after it.
('WriteToStorageKey', '
INSERT INTO replays_grain_state (service_id, state_name, grain_key, n0, n1, version, payload, written_at)
SELECT @ServiceId, @GrainTypeString, coalesce(@GrainIdExtensionString, ''''), @GrainIdN0, @GrainIdN1,
       1 + abs(random() % 1000000), @PayloadBinary, datetime(''now'')
WHERE @GrainStateVersion IS NULL OR EXISTS (
    SELECT 1 FROM replays_grain_state
    WHERE service_id = @ServiceId AND state_name = @GrainTypeString AND grain_key = coalesce(@GrainIdExtensionString, '''')
      AND n0 = @GrainIdN0 AND n1 = @GrainIdN1)
ON CONFLICT (service_id, state_name, grain_key, n0, n1) DO UPDATE
SET version = version + 1, payload = excluded.payload, written_at = excluded.written_at
WHERE version = @GrainStateVersion
RETURNING version AS NewGrainStateVersion
'),
('ClearStorageKey', '
UPDATE replays_grain_state
SET version = version + 1, payload = NULL, written_at = datetime(''now'')
WHERE service_id = @ServiceId AND state_name = @GrainTypeString AND grain_key = coalesce(@GrainIdExtensionString, '''')
  AND n0 = @GrainIdN0 AND n1 = @GrainIdN1 AND version = @GrainStateVersion
RETURNING version AS NewGrainStateVersion
'),
('DeleteStorageKey', '
DELETE FROM replays_grain_state
WHERE service_id = @ServiceId AND state_name = @GrainTypeString AND grain_key = coalesce(@GrainIdExtensionString, '''')
  AND n0 = @GrainIdN0 AND n1 = @GrainIdN1 AND version = @GrainStateVersion
RETURNING version + 1 AS NewGrainStateVersion
');
