import { createServer } from 'node:http2'
import { SECRETS_PORT } from '../addresses.ts'
import { authority, credential } from '../credentials.ts'

/** Bytes in front of a message of gRPC. */
const HEAD = 5
const TYPE = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret'

/**
 * Gives a waypoint the certificate of a workload and its authority, as pilot-agent does: Envoy's secret discovery service, with one
 * answer for each stream. Without it, a waypoint waits for them for ever.
 */
export async function startSecretServer(): Promise<{ stop(): Promise<void> }> {
  const server = createServer()
  server.on('sessionError', () => undefined)
  server.on('stream', (stream) => {
    stream.on('error', () => undefined)
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
    let request = Buffer.alloc(0)
    let isAnswered = false
    stream.on('data', (chunk: Buffer) => {
      request = Buffer.concat([request, chunk])
      if (isAnswered || request.length < HEAD || request.length < HEAD + request.readUInt32BE(1))
        return
      isAnswered = true
      const message = answer(request.includes('ROOTCA') ? rootSecret() : ownSecret())
      const head = Buffer.alloc(HEAD)
      head.writeUInt32BE(message.length, 1)
      stream.write(Buffer.concat([head, message]))
    })
  })
  await new Promise<void>((listening) => server.listen(SECRETS_PORT, '127.0.0.1', listening))
  return {
    async stop() {
      server.close()
    },
  }
}

/** A DiscoveryResponse with one secret. */
function answer(secret: Buffer): Buffer {
  return Buffer.concat([
    field(1, 'one'),
    field(2, Buffer.concat([field(1, TYPE), field(2, secret)])),
    field(4, TYPE),
    field(5, 'one'),
  ])
}

function ownSecret(): Buffer {
  const certificate = field(1, field(3, credential('webCertificate')))
  const key = field(2, field(3, credential('webKey')))
  return Buffer.concat([field(1, 'default'), field(2, Buffer.concat([certificate, key]))])
}

function rootSecret(): Buffer {
  return Buffer.concat([field(1, 'ROOTCA'), field(4, field(1, field(3, authority())))])
}

/** A field of a protobuf message: a text, or a message of its own. */
function field(number: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content)
  const length: number[] = []
  let left = bytes.length
  while (left > 0x7f) {
    length.push((left & 0x7f) | 0x80)
    left >>= 7
  }
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length, left]), bytes])
}
