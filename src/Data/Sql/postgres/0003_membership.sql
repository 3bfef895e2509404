-- One version per cluster and one row per silo. Every status change increments the version in the same transaction.
CREATE TABLE replays_cluster
(
    deployment_id text PRIMARY KEY,
    version int NOT NULL
);

CREATE TABLE replays_silo
(
    deployment_id text NOT NULL REFERENCES replays_cluster ON DELETE CASCADE,
    address text NOT NULL,
    port int NOT NULL,
    generation int NOT NULL,
    silo_name text NOT NULL,
    host_name text NOT NULL,
    status int NOT NULL,
    proxy_port int NOT NULL,
    suspect_times text,
    start_time timestamptz NOT NULL,
    i_am_alive_time timestamptz NOT NULL,
    PRIMARY KEY (deployment_id, address, port, generation)
);

-- Functions, because the second statement must see what was committed while the first waited for the version row:
-- a heartbeat may update the silo's row at the same time.
CREATE FUNCTION replays_silo_insert(
    p_deployment_id text, p_address text, p_port int, p_generation int, p_silo_name text, p_host_name text, p_status int,
    p_proxy_port int, p_start_time timestamptz, p_i_am_alive_time timestamptz, p_version int) RETURNS int
LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM 1 FROM replays_cluster WHERE deployment_id = p_deployment_id AND version = p_version FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    INSERT INTO replays_silo (deployment_id, address, port, generation, silo_name, host_name, status, proxy_port,
                              start_time, i_am_alive_time)
    VALUES (p_deployment_id, p_address, p_port, p_generation, p_silo_name, p_host_name, p_status, p_proxy_port,
            p_start_time, p_i_am_alive_time)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    UPDATE replays_cluster SET version = version + 1 WHERE deployment_id = p_deployment_id;
    RETURN 1;
END
$body$;

CREATE FUNCTION replays_silo_update(
    p_deployment_id text, p_address text, p_port int, p_generation int, p_status int, p_suspect_times text,
    p_i_am_alive_time timestamptz, p_version int) RETURNS int
LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM 1 FROM replays_cluster WHERE deployment_id = p_deployment_id AND version = p_version FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    UPDATE replays_silo
    SET status = p_status, suspect_times = p_suspect_times, i_am_alive_time = p_i_am_alive_time
    WHERE deployment_id = p_deployment_id AND address = p_address AND port = p_port AND generation = p_generation;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    UPDATE replays_cluster SET version = version + 1 WHERE deployment_id = p_deployment_id;
    RETURN 1;
END
$body$;

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('InsertMembershipVersionKey', $sql$
WITH added AS (
    INSERT INTO replays_cluster (deployment_id, version) VALUES (@DeploymentId, 0) ON CONFLICT DO NOTHING RETURNING 1
)
SELECT count(*)::int FROM added
$sql$),
('InsertMembershipKey', $sql$
SELECT replays_silo_insert(@DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort,
                           @StartTime, @IAmAliveTime, @Version)
$sql$),
('UpdateMembershipKey', $sql$
SELECT replays_silo_update(@DeploymentId, @Address, @Port, @Generation, @Status, @SuspectTimes, @IAmAliveTime, @Version)
$sql$),
('UpdateIAmAlivetimeKey', $sql$
UPDATE replays_silo
SET i_am_alive_time = @IAmAliveTime
WHERE deployment_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
$sql$),
('MembershipReadRowKey', $sql$
SELECT s.address AS Address, s.port AS Port, s.generation AS Generation, s.silo_name AS SiloName, s.host_name AS HostName,
       s.status AS Status, s.proxy_port AS ProxyPort, s.suspect_times AS SuspectTimes, s.start_time AS StartTime,
       s.i_am_alive_time AS IAmAliveTime, c.version AS Version
FROM replays_cluster c
LEFT JOIN replays_silo s
    ON s.deployment_id = c.deployment_id AND s.address = @Address AND s.port = @Port AND s.generation = @Generation
WHERE c.deployment_id = @DeploymentId
$sql$),
('MembershipReadAllKey', $sql$
SELECT s.address AS Address, s.port AS Port, s.generation AS Generation, s.silo_name AS SiloName, s.host_name AS HostName,
       s.status AS Status, s.proxy_port AS ProxyPort, s.suspect_times AS SuspectTimes, s.start_time AS StartTime,
       s.i_am_alive_time AS IAmAliveTime, c.version AS Version
FROM replays_cluster c
LEFT JOIN replays_silo s ON s.deployment_id = c.deployment_id
WHERE c.deployment_id = @DeploymentId
$sql$),
('GatewaysQueryKey', $sql$
SELECT address AS Address, proxy_port AS ProxyPort, generation AS Generation
FROM replays_silo
WHERE deployment_id = @DeploymentId AND status = @Status AND proxy_port > 0
$sql$),
('DeleteMembershipTableEntriesKey', $sql$
DELETE FROM replays_cluster WHERE deployment_id = @DeploymentId
$sql$),
('CleanupDefunctSiloEntriesKey', $sql$
DELETE FROM replays_silo
WHERE deployment_id = @DeploymentId AND status = 6 /* SiloStatus.Dead */ AND i_am_alive_time < @IAmAliveTime
$sql$);
