import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

// DER as far as one certificate needs it: a tag, a length, and the contents.
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  const length = body.length < 128 ? [body.length] : [0x82, Math.floor(body.length / 256), body.length % 256];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const sequence = (...items: readonly Uint8Array[]) => der(0x30, ...items);
const oid = (hex: string) => der(0x06, Buffer.from(hex, "hex"));
const text = (tag: number, words: string) => der(tag, Buffer.from(words, "latin1"));
const bits = (bytes: Uint8Array) => der(0x03, Buffer.from([0]), bytes);

const ecdsaWithSha256 = sequence(oid("2a8648ce3d040302"));
const commonName = sequence(der(0x31, sequence(oid("550403"), text(0x0c, "localhost"))));
const localNames = sequence(
  sequence(
    oid("551d11"),
    der(0x04, sequence(text(0x82, "localhost"), der(0x87, Buffer.from([127, 0, 0, 1])))),
  ),
);

/** A new key and certificate for this machine. None is kept in a file of the project. */
export function selfSigned(): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const certificate = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    // A positive number: its first bit is 0.
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    commonName,
    sequence(text(0x17, "240101000000Z"), text(0x17, "491231235959Z")),
    commonName,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, localNames),
  );
  const signed = sequence(certificate, ecdsaWithSha256, bits(sign("sha256", certificate, privateKey)));
  const lines = signed.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    key: String(privateKey.export({ type: "pkcs8", format: "pem" })),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
  };
}
