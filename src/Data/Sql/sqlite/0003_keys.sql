-- One wrapped key per patient. Deleting the row makes all the patient's media permanently unreadable, so erasure deletes it first.
-- The Data Protection key ring that wraps the keys is stored in a folder beside this database.
CREATE TABLE replays_patient_key
(
    patient text PRIMARY KEY NOT NULL,
    wrapped blob NOT NULL,
    created_at text NOT NULL
);
