-- Every turn of the switches, for good: the stop list itself keeps only how they stand.
CREATE TABLE replays_suspension_history
(
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    target text COLLATE "C" NOT NULL,    -- a patient's name, or '*'
    scope smallint,                      -- 0 playback off, 1 all off; null: on again
    by_subject text NOT NULL,
    by_role text NOT NULL,
    turned_at bigint NOT NULL,           -- milliseconds since 1970
    reason text NOT NULL
);

CREATE INDEX replays_suspension_history_by_target ON replays_suspension_history (target, number);
