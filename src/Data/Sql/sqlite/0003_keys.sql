-- One wrapped key a patient. Deleting the row makes all media of that patient unreadable for good: this is how erasure begins.
-- (The key ring that wraps them lies beside this database, in a folder of its own.)
CREATE TABLE replays_patient_key
(
    patient text PRIMARY KEY NOT NULL,
    wrapped blob NOT NULL,
    created_at text NOT NULL
);
