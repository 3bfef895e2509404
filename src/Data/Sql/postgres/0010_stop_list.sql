-- Everything that must not be shown. The table stays small: a row is removed once the stop is lifted or recorded in the owning grain.
-- Every process polls the version four times a second and rereads the rows when it changes. Every change updates the version row in the
-- same transaction, so changes are serialized.
CREATE TABLE replays_stop
(
    kind smallint NOT NULL, -- 0 quarantine, 1 withdrawal, 2 suspension, 3 erasure
    target text COLLATE "C" NOT NULL, -- name of a recording or patient, or '*' for everyone
    scope smallint NOT NULL, -- of a suspension: 0 playback, 1 all
    incident text COLLATE "C",
    by_subject text NOT NULL,
    by_role text NOT NULL,
    stopped_at bigint NOT NULL, -- Unix time in milliseconds, like all *_at columns
    reason text,
    PRIMARY KEY (target, kind)
);

CREATE INDEX replays_stop_by_incident ON replays_stop (incident) WHERE incident IS NOT NULL;

CREATE TABLE replays_stop_version
(
    id int PRIMARY KEY CHECK (id = 1),
    version bigint NOT NULL
);

INSERT INTO replays_stop_version (id, version) VALUES (1, 1);

-- The original report of each incident, kept permanently, and the sort order of the officer's list. All other state is in the incident grain.
CREATE TABLE replays_incident
(
    id text COLLATE "C" PRIMARY KEY,
    report text NOT NULL, -- JSON
    reporter text NOT NULL,
    reported_at bigint NOT NULL,
    due_at bigint NOT NULL, -- largest 64-bit integer: no deadline
    is_open int NOT NULL,
    is_processed int NOT NULL, -- grain and audit trail are up to date
    occurrences bigint NOT NULL
);

CREATE INDEX replays_incident_by_due ON replays_incident (is_open, due_at, id);

CREATE INDEX replays_incident_by_reporter ON replays_incident (reporter, reported_at);

CREATE INDEX replays_incident_unprocessed ON replays_incident (reported_at) WHERE is_processed = 0;

CREATE TABLE replays_incident_recording
(
    recording text COLLATE "C" NOT NULL,
    incident text COLLATE "C" NOT NULL REFERENCES replays_incident,
    PRIMARY KEY (recording, incident)
);

CREATE INDEX replays_incident_recording_by_incident ON replays_incident_recording (incident, recording);
