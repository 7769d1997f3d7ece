import { expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { asksFor, asksForDevice } from "./stage.ts";

it("asks for the devices that a stage has, and says which one it hasn't", () => {
  expect(asksForDevice(199)).toEqual(asksFor(deviceAt(199)));
  expect(() => asksForDevice(200)).toThrow(
    "Expected one of the stage's 200 devices, counted from 0, got number 200; open the stage with more `devices`.",
  );
  expect(() => asksForDevice(20, 20)).toThrow("Expected one of the stage's 20 devices");
  expect(asksForDevice(200, 201)).toEqual(asksFor(deviceAt(200)));
});
