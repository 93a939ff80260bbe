/** What is known of the first bytes of a connection: the server name in a ClientHello, or that they are none. */
export type Hello =
  | { kind: 'incomplete' }
  | { kind: 'other' }
  | { kind: 'hello'; serverName: string | undefined }

const HANDSHAKE = 22
const CLIENT_HELLO = 1
const SERVER_NAME = 0
const HOST_NAME = 0

/** Reads the server name from the first bytes of a TLS connection. Source: RFC 8446, 4.1.2; RFC 6066, 3. */
export function readHello(bytes: Buffer): Hello {
  if (bytes[0] !== undefined && bytes[0] !== HANDSHAKE) return { kind: 'other' }
  const message = handshakeIn(bytes)
  if (message === undefined) return { kind: 'incomplete' }
  if (message[0] !== CLIENT_HELLO) return { kind: 'other' }
  const length = message.length < 4 ? undefined : message.readUIntBE(1, 3)
  if (length === undefined || message.length < 4 + length) return { kind: 'incomplete' }
  try {
    return { kind: 'hello', serverName: serverNameIn(message.subarray(4, 4 + length)) }
  } catch {
    return { kind: 'other' }
  }
}

/** The content of the records, which may split a message; undefined while there is none. */
function handshakeIn(bytes: Buffer): Buffer | undefined {
  const parts: Buffer[] = []
  for (let at = 0; at + 5 <= bytes.length && bytes[at] === HANDSHAKE; ) {
    const length = bytes.readUInt16BE(at + 3)
    parts.push(bytes.subarray(at + 5, at + 5 + length))
    at += 5 + length
  }
  const message = Buffer.concat(parts)
  return message.length === 0 ? undefined : message
}

/** The server name in a ClientHello. Throws RangeError where the message ends too early. */
function serverNameIn(hello: Buffer): string | undefined {
  let at = 2 + 32
  at += 1 + hello.readUInt8(at)
  at += 2 + hello.readUInt16BE(at)
  at += 1 + hello.readUInt8(at)
  if (at >= hello.length) return undefined
  const end = at + 2 + hello.readUInt16BE(at)
  at += 2
  while (at + 4 <= end) {
    const type = hello.readUInt16BE(at)
    const length = hello.readUInt16BE(at + 2)
    if (type === SERVER_NAME && hello.readUInt8(at + 6) === HOST_NAME) {
      const size = hello.readUInt16BE(at + 7)
      return hello.toString('latin1', at + 9, at + 9 + size)
    }
    at += 4 + length
  }
  return undefined
}
