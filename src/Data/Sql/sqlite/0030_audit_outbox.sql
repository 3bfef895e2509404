-- Audit entries of changes made in SQL rather than by a grain (suspension, erasure). Written in the same transaction as the change and
-- deleted once published to the patient's audit trail.
CREATE TABLE replays_audit_outbox
(
    id text PRIMARY KEY NOT NULL,
    patient text NOT NULL,
    entry text NOT NULL, -- JSON
    recorded_at integer NOT NULL -- Unix time in milliseconds
);

CREATE INDEX replays_audit_outbox_by_time ON replays_audit_outbox (recorded_at, id);
