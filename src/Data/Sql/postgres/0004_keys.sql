-- One wrapped key per patient. Deleting the row makes all the patient's media permanently unreadable, so erasure deletes it first.
CREATE TABLE replays_patient_key
(
    patient text COLLATE "C" PRIMARY KEY,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL
);

-- The ASP.NET Core Data Protection key ring that wraps the patient keys.
CREATE TABLE replays_key_ring
(
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    friendly_name text NOT NULL,
    xml text NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now()
);
