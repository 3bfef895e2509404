-- Evidence of what was shown to whom, by recording. Each row is written before the response or the bytes that it records.
CREATE TABLE replays_listing
(
    recording text NOT NULL,
    principal text NOT NULL,
    role text NOT NULL,
    detail text NOT NULL, -- an officer's reason or a clinician's name; otherwise ''
    list text NOT NULL, -- name of the patient whose list it was in
    is_entitled integer NOT NULL,
    disclosed text NOT NULL,
    first_at integer NOT NULL, -- Unix time in milliseconds, like all *_at columns
    is_published integer NOT NULL, -- in the audit trail
    PRIMARY KEY (recording, principal, role, detail)
);

CREATE INDEX replays_listing_by_principal ON replays_listing (principal, recording);

CREATE INDEX replays_listing_unpublished ON replays_listing (first_at) WHERE is_published = 0;

-- One row per playback and process that served part of it. Only that process updates the row.
CREATE TABLE replays_playback
(
    playback text NOT NULL,
    part text NOT NULL,
    recording text NOT NULL,
    principal text NOT NULL,
    role text NOT NULL,
    detail text NOT NULL,
    list text NOT NULL,
    is_entitled integer NOT NULL,
    access_method integer NOT NULL, -- 0 token, 1 url
    size_bytes integer NOT NULL,
    duration_ms integer NOT NULL,
    started_at integer NOT NULL,
    last_at integer NOT NULL,
    served text NOT NULL, -- byte ranges with exclusive ends: 0-1000 2000-3000
    upper_bound text NOT NULL, -- byte ranges that requests in progress may have served in addition
    is_published integer NOT NULL,
    PRIMARY KEY (playback, part)
);

CREATE INDEX replays_playback_by_recording ON replays_playback (recording, principal, last_at);

CREATE INDEX replays_playback_by_principal ON replays_playback (principal, recording);

CREATE INDEX replays_playback_unpublished ON replays_playback (started_at) WHERE is_published = 0;
