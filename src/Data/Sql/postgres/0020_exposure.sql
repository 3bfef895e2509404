-- Evidence of what was shown to whom, by recording. Each row is written before the response or the bytes that it records.
CREATE TABLE replays_listing
(
    recording text COLLATE "C" NOT NULL,
    principal text COLLATE "C" NOT NULL,
    role text COLLATE "C" NOT NULL,
    detail text COLLATE "C" NOT NULL, -- an officer's reason or a clinician's name; otherwise ''
    list text COLLATE "C" NOT NULL, -- name of the patient whose list it was in
    is_entitled smallint NOT NULL,
    disclosed text NOT NULL,
    first_at bigint NOT NULL, -- Unix time in milliseconds, like all *_at columns
    is_published smallint NOT NULL, -- in the audit trail
    PRIMARY KEY (recording, principal, role, detail)
);

CREATE INDEX replays_listing_by_principal ON replays_listing (principal, recording);

CREATE INDEX replays_listing_unpublished ON replays_listing (first_at) WHERE is_published = 0;

-- One row per playback and process that served part of it. Only that process updates the row.
CREATE TABLE replays_playback
(
    playback text COLLATE "C" NOT NULL,
    part text COLLATE "C" NOT NULL,
    recording text COLLATE "C" NOT NULL,
    principal text COLLATE "C" NOT NULL,
    role text COLLATE "C" NOT NULL,
    detail text COLLATE "C" NOT NULL,
    list text COLLATE "C" NOT NULL,
    is_entitled smallint NOT NULL,
    access_method smallint NOT NULL, -- 0 token, 1 url
    size_bytes bigint NOT NULL,
    duration_ms bigint NOT NULL,
    started_at bigint NOT NULL,
    last_at bigint NOT NULL,
    served text NOT NULL, -- byte ranges with exclusive ends: 0-1000 2000-3000
    upper_bound text NOT NULL, -- byte ranges that requests in progress may have served in addition
    is_published smallint NOT NULL,
    PRIMARY KEY (playback, part)
);

CREATE INDEX replays_playback_by_recording ON replays_playback (recording, principal, last_at);

CREATE INDEX replays_playback_by_principal ON replays_playback (principal, recording);

CREATE INDEX replays_playback_unpublished ON replays_playback (started_at) WHERE is_published = 0;
