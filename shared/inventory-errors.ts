// Apart from the inventory: whoever only has to know these need not load a database's client.

/** The inventory has no such device. */
export class UnknownDeviceError extends Error {
  override readonly name = "UnknownDeviceError";
}

/** The device belongs to another customer. */
export class DeviceOfAnotherCustomerError extends Error {
  override readonly name = "DeviceOfAnotherCustomerError";
}
