-- Audit entries of changes that are rows and no grain's (switches, erasure): written with the change, gone once the patient's trail has them.
CREATE TABLE replays_audit_outbox
(
    id text PRIMARY KEY NOT NULL,
    patient text NOT NULL,
    entry text NOT NULL,                 -- JSON
    noted_at integer NOT NULL          -- milliseconds since 1970
);

CREATE INDEX replays_audit_outbox_noted ON replays_audit_outbox (noted_at, id);
