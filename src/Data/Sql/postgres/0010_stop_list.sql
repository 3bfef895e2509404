-- What must not be shown. Small: a row goes when what it says is written where it belongs, or lifted. Every process reads the version four
-- times a second and the rows when it changed; all changes are made in one transaction with the version's row, so none overtakes another.
CREATE TABLE replays_stop
(
    kind smallint NOT NULL,              -- 0 quarantine, 1 withdrawal, 2 suspension, 3 erasure
    target text COLLATE "C" NOT NULL,    -- a recording's name, a patient's, or '*'
    scope smallint NOT NULL,             -- of a suspension: 0 playback, 1 all
    incident text COLLATE "C",
    by_subject text NOT NULL,
    by_role text NOT NULL,
    stopped_at bigint NOT NULL,          -- milliseconds since 1970
    reason text,
    PRIMARY KEY (target, kind)
);

CREATE INDEX replays_stop_by_incident ON replays_stop (incident) WHERE incident IS NOT NULL;

CREATE TABLE replays_stop_version
(
    one int PRIMARY KEY CHECK (one = 1),
    version bigint NOT NULL
);

INSERT INTO replays_stop_version (one, version) VALUES (1, 1);

-- Incidents: how each came to be known, for good, and what the officer's list is sorted by. The rest is the incident grain's.
CREATE TABLE replays_incident
(
    id text COLLATE "C" PRIMARY KEY,
    report text NOT NULL,                -- JSON
    reporter text NOT NULL,
    reported_at bigint NOT NULL,
    due_at bigint NOT NULL,      -- the largest number: no deadline
    is_open int NOT NULL,
    is_processed int NOT NULL,      -- grain and trail know of it
    times bigint NOT NULL                -- how often the same cause came
);

CREATE INDEX replays_incident_due ON replays_incident (is_open, due_at, id);

CREATE INDEX replays_incident_by_reporter ON replays_incident (reporter, reported_at);

CREATE INDEX replays_incident_unprocessed ON replays_incident (reported_at) WHERE is_processed = 0;

-- Which recordings are in which incident.
CREATE TABLE replays_incident_recording
(
    recording text COLLATE "C" NOT NULL,
    incident text COLLATE "C" NOT NULL REFERENCES replays_incident,
    PRIMARY KEY (recording, incident)
);

CREATE INDEX replays_incident_recording_by_incident ON replays_incident_recording (incident, recording);
