-- The statements that the Orleans AdoNet providers read once at start, by key.
CREATE TABLE OrleansQuery
(
    QueryKey text PRIMARY KEY,
    QueryText text NOT NULL
);

-- One row a stored grain state. The primary key is the whole identity: without it two first writes of one state can both be acknowledged.
CREATE TABLE replays_grain_state
(
    service_id text COLLATE "C" NOT NULL,
    state_name text COLLATE "C" NOT NULL,
    grain_key text COLLATE "C" NOT NULL, -- a null extension is folded to ''
    n0 bigint NOT NULL,
    n1 bigint NOT NULL,
    version int NOT NULL,
    payload bytea,                       -- null: cleared
    written_at timestamptz NOT NULL,
    PRIMARY KEY (service_id, state_name, grain_key, n0, n1)
) WITH (fillfactor = 80);

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('ReadFromStorageKey', $sql$
SELECT payload AS PayloadBinary, version AS Version
FROM replays_grain_state
WHERE service_id = @ServiceId AND state_name = @GrainTypeString AND grain_key = coalesce(@GrainIdExtensionString, '')
  AND n0 = @GrainIdN0 AND n1 = @GrainIdN1
$sql$),
-- A row's first version is random, so that a writer that remembers a deleted row can't match the row that came after it.
('WriteToStorageKey', $sql$
WITH changed AS (
    UPDATE replays_grain_state
    SET version = version + 1, payload = @PayloadBinary, written_at = now()
    WHERE service_id = @ServiceId AND state_name = @GrainTypeString AND grain_key = coalesce(@GrainIdExtensionString, '')
      AND n0 = @GrainIdN0 AND n1 = @GrainIdN1 AND version = @GrainStateVersion
    RETURNING version
), added AS (
    INSERT INTO replays_grain_state (service_id, state_name, grain_key, n0, n1, version, payload, written_at)
    SELECT @ServiceId, @GrainTypeString, coalesce(@GrainIdExtensionString, ''), @GrainIdN0, @GrainIdN1,
           1 + (random() * 1000000)::int, @PayloadBinary, now()
    WHERE @GrainStateVersion IS NULL
    ON CONFLICT DO NOTHING
    RETURNING version
)
SELECT version AS NewGrainStateVersion FROM changed UNION ALL SELECT version FROM added
$sql$),
('ClearStorageKey', $sql$
UPDATE replays_grain_state
SET version = version + 1, payload = NULL, written_at = now()
WHERE service_id = @ServiceId AND state_name = @GrainTypeString AND grain_key = coalesce(@GrainIdExtensionString, '')
  AND n0 = @GrainIdN0 AND n1 = @GrainIdN1 AND version = @GrainStateVersion
RETURNING version AS NewGrainStateVersion
$sql$),
('DeleteStorageKey', $sql$
DELETE FROM replays_grain_state
WHERE service_id = @ServiceId AND state_name = @GrainTypeString AND grain_key = coalesce(@GrainIdExtensionString, '')
  AND n0 = @GrainIdN0 AND n1 = @GrainIdN1 AND version = @GrainStateVersion
RETURNING version + 1 AS NewGrainStateVersion
$sql$);
