// Loaded into the processes of a Pod before their own code. It leads connections to other places, as the network of a Pod
// does: names of Services to what serves them, and ports of 127.0.0.1 to those of this Pod alone.
import { Socket } from 'node:net'

/** @type {readonly [host: string, port: number, toHost: string, toPort: number][]} */
const places = JSON.parse(process.env.SANDBOX_NETWORK ?? '[]')
const connect = Socket.prototype.connect

/** @param {unknown[]} given as net.connect takes or normalizes it */
Socket.prototype.connect = function connectInPod(...given) {
  const [first] = given
  const options = Array.isArray(first) ? first[0] : first
  if (typeof options === 'object' && options !== null && 'port' in options) {
    const host = options.host ?? 'localhost'
    const place = places.find(([name, port]) => name === host && port === Number(options.port))
    if (place) Object.assign(options, { host: place[2], port: place[3] })
  }
  return Reflect.apply(connect, this, given)
}
