-- Every suspension and resumption. The stop list contains only the current suspensions.
CREATE TABLE replays_suspension_history
(
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    target text COLLATE "C" NOT NULL, -- name of a patient, or '*' for everyone
    scope smallint, -- 0 playback, 1 all; null: resumed
    by_subject text NOT NULL,
    by_role text NOT NULL,
    changed_at bigint NOT NULL, -- Unix time in milliseconds
    reason text NOT NULL
);

CREATE INDEX replays_suspension_history_by_target ON replays_suspension_history (target, number);
