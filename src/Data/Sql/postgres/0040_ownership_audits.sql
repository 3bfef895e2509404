-- Ownership audits that came to an end, for good. Each is sealed together with the one before it: a result that is changed or removed shows.
CREATE TABLE replays_ownership_audit_run
(
    number bigint PRIMARY KEY,
    started_at bigint NOT NULL,      -- milliseconds since 1970
    ended_at bigint NOT NULL,
    findings bigint NOT NULL,
    result text NOT NULL,            -- JSON
    heads bytea NOT NULL,            -- SHA-256 over the last heads of all trails
    seal bytea NOT NULL
);

-- How each audit trail ended when an audit last saw more of it: a chain that was rewritten as a whole does not pass through there.
-- Rows of a run that is not in the table above are of one that was broken off.
CREATE TABLE replays_ownership_audit_head
(
    trail text COLLATE "C" NOT NULL,
    run bigint NOT NULL,
    entries bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (trail, run)
);

CREATE INDEX replays_ownership_audit_head_by_run ON replays_ownership_audit_head (run);

-- Who audits now: one at a time, whichever process it is in. A holder that is gone loses it after two minutes.
CREATE TABLE replays_ownership_audit_lease
(
    one int PRIMARY KEY CHECK (one = 1),
    holder text NOT NULL,
    until bigint NOT NULL
);

INSERT INTO replays_ownership_audit_lease (one, holder, until) VALUES (1, '', 0);
