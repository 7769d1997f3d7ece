-- The inventory: which customer uses which device, and when it began to work.
CREATE TABLE devices (
  mac_address     text PRIMARY KEY,
  customer_id     text NOT NULL,
  event_id        uuid UNIQUE,
  activated_at_ms bigint
);

-- The tickets: how far each activation has come, and who works on it. A ticket needs its device.
CREATE TABLE activations (
  event_id            uuid PRIMARY KEY,
  mac_address         text NOT NULL REFERENCES devices,
  status              text NOT NULL CHECK (status IN ('accepted', 'provisioning', 'active', 'failed')),
  accepted_at_ms      bigint NOT NULL,
  activated_at_ms     bigint,
  lease_owner         uuid,
  lease_expires_at_ms bigint
);

-- The user of the API and the function, with no more rights than they need.
CREATE ROLE workshop LOGIN PASSWORD 'workshop';
GRANT SELECT, INSERT, UPDATE ON devices, activations TO workshop;
