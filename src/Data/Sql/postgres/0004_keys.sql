-- One wrapped key a patient. Deleting the row makes all media of that patient unreadable for good: this is how erasure begins.
CREATE TABLE replays_patient_key
(
    patient text COLLATE "C" PRIMARY KEY,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL
);

-- The key ring that wraps them: ASP.NET Core Data Protection's XML elements.
CREATE TABLE replays_key_ring
(
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    friendly_name text NOT NULL,
    xml text NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now()
);
