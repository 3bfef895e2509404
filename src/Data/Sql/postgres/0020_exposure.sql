-- Who was shown what, under the recording's own name. A row is written before the answer, and before the bytes, that it tells of.
CREATE TABLE replays_listing
(
    recording text COLLATE "C" NOT NULL,
    principal text COLLATE "C" NOT NULL,
    role text COLLATE "C" NOT NULL,
    detail text COLLATE "C" NOT NULL,       -- an officer's reason, a clinician's name
    list text COLLATE "C" NOT NULL,         -- whose list it was in
    is_entitled smallint NOT NULL,
    disclosed text NOT NULL,
    first_at bigint NOT NULL,         -- milliseconds since 1970
    is_published smallint NOT NULL,          -- the trail knows of it
    PRIMARY KEY (recording, principal, role, detail)
);

CREATE INDEX replays_listing_by_principal ON replays_listing (principal, recording);

CREATE INDEX replays_listing_unpublished ON replays_listing (first_at) WHERE is_published = 0;

-- One row a playback and process that served it; only that process writes it.
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
    via smallint NOT NULL,              -- 0 token, 1 url
    size_bytes bigint NOT NULL,
    duration_ms bigint NOT NULL,
    begun_at bigint NOT NULL,
    last_at bigint NOT NULL,
    served text NOT NULL,         -- byte spans, ends exclusive: 0-1000 2000-3000
    at_most text NOT NULL,        -- what requests under way may have added
    is_published smallint NOT NULL,
    PRIMARY KEY (playback, part)
);

CREATE INDEX replays_playback_by_recording ON replays_playback (recording, principal, last_at);

CREATE INDEX replays_playback_by_principal ON replays_playback (principal, recording);

CREATE INDEX replays_playback_unpublished ON replays_playback (begun_at) WHERE is_published = 0;
