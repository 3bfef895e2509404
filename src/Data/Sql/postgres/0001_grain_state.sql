-- SQL that the Orleans AdoNet providers load at startup, by key.
CREATE TABLE OrleansQuery
(
    QueryKey text PRIMARY KEY,
    QueryText text NOT NULL
);

-- One row per grain state. The primary key is the complete identity, so only one of two concurrent first writes succeeds.
CREATE TABLE replays_grain_state
(
    service_id text COLLATE "C" NOT NULL,
    state_name text COLLATE "C" NOT NULL,
    grain_key text COLLATE "C" NOT NULL, -- '' when the grain key extension is null
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
-- The initial version is random: a writer that holds the version of a deleted row cannot match its successor.
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
