-- SQL that the Orleans AdoNet providers load at startup, by key.
CREATE TABLE OrleansQuery
(
    QueryKey text PRIMARY KEY,
    QueryText text NOT NULL
);

-- One row per grain state. The primary key is the complete identity, so only one of two concurrent first writes succeeds.
CREATE TABLE replays_grain_state
(
    service_id text NOT NULL,
    state_name text NOT NULL,
    grain_key text NOT NULL, -- '' when the grain key extension is null
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
-- The initial version is random: a writer that holds the version of a deleted row cannot match its successor.
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
