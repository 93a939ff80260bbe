import { Agent, request as request1 } from 'node:http'
import { type ClientHttp2Session, connect, constants } from 'node:http2'
import type { Readable } from 'node:stream'
import {
  type ClusterStats,
  countConnection,
  countRequest,
  type HostStats,
} from '../../proxies/host-stats.ts'
import type { Cluster, Endpoint } from '../clusters.ts'
import { listOf, recordOf, type UpstreamReply } from './exchange.ts'
import type { RequestHead } from './match.ts'

/** Why there is no reply, in Envoy's words, and the status of the gateway's own. */
export type Failure = {
  kind: 'connect-failure' | 'refused-stream' | 'reset'
  status: number
  why: string
}

/** A host of a cluster, and what is counted for it. */
export type UpstreamHost = {
  name: string
  endpoint: Endpoint
  cluster: Cluster
  stats: HostStats
  /** Of the whole cluster. */
  totals: ClusterStats
}

/** Sends requests to endpoints, over connections that are kept. */
export type Upstream = {
  /** `failed` is called at most once, with why there is no reply. Returns what cancels the request. */
  send(
    to: UpstreamHost,
    request: RequestHead & { body: Readable },
    replied: (reply: UpstreamReply) => void,
    failed: (failure: Failure) => void,
  ): () => void
  stop(): void
}

export function createUpstream(): Upstream {
  // Each cluster has connections of its own, as in Envoy.
  const agents = new Map<string, Agent>()
  const sessions = new Map<string, ClientHttp2Session>()
  const agentOf = (cluster: string) => {
    const agent = agents.get(cluster) ?? new Agent({ keepAlive: true })
    agents.set(cluster, agent)
    return agent
  }
  const sessionTo = ({ name, endpoint: { address, port }, stats }: UpstreamHost) => {
    const url = `http://${address}:${port}`
    const known = sessions.get(`${name} ${url}`)
    if (known !== undefined && !known.destroyed && !known.closed) return known
    const session = connect(url)
    const counted = countConnection(stats)
    let isOpen = false
    session.on('connect', () => {
      isOpen = true
    })
    session.on('error', () => {
      if (!isOpen) counted.failed()
    })
    session.on('close', counted.closed)
    session.unref()
    sessions.set(`${name} ${url}`, session)
    return session
  }
  return {
    send(to, request, replied, failed) {
      return to.cluster.http2
        ? send2(sessionTo(to), to, { request, replied, failed })
        : send1(agentOf(to.name), to, { request, replied, failed })
    },
    stop() {
      for (const agent of agents.values()) agent.destroy()
      for (const session of sessions.values()) session.destroy()
    },
  }
}

type Outgoing = {
  request: RequestHead & { body: Readable }
  replied: (reply: UpstreamReply) => void
  failed: (failure: Failure) => void
}

function send1(
  agent: Agent,
  { endpoint, stats, totals }: UpstreamHost,
  outgoing: Outgoing,
): () => void {
  const { request, replied, failed } = outgoing
  const { address, port } = endpoint
  const sent = request1({
    agent,
    host: address,
    port,
    method: request.method,
    path: request.path,
    setHost: false,
    headers: { host: request.authority, ...recordOf(request.headers) },
  })
  sent.on('socket', (socket) => {
    const begin = () => sent.once('close', countRequest(stats, totals).ended)
    if (sent.reusedSocket) {
      begin()
      return
    }
    const counted = countConnection(stats)
    socket.once('close', counted.closed)
    if (socket.connecting) socket.once('connect', begin)
    else begin()
    sent.once('error', () => {
      if (socket.connecting || socket.pending) counted.failed()
    })
  })
  sent.on('response', (reply) =>
    replied({
      status: reply.statusCode ?? 0,
      headers: listOf(reply.rawHeaders),
      body: reply,
      trailers: () => listOf(reply.rawTrailers),
    }),
  )
  sent.on('error', (error) => failed(reasonOf(error)))
  request.body.pipe(sent)
  return () => void sent.destroy()
}

function send2(
  session: ClientHttp2Session,
  { stats, totals }: UpstreamHost,
  { request, replied, failed }: Outgoing,
): () => void {
  const sent = session.request({
    ':method': request.method,
    ':scheme': request.scheme,
    ':authority': request.authority,
    ':path': request.path,
    ...recordOf(request.headers),
  })
  // A request that waits for a connection is none of that host's yet.
  if (session.connecting)
    session.once('connect', () => {
      if (!sent.destroyed) sent.once('close', countRequest(stats, totals).ended)
    })
  else sent.once('close', countRequest(stats, totals).ended)
  let trailers: string[] = []
  sent.on('trailers', (_headers, _flags, raw: string[]) => {
    trailers = raw
  })
  sent.on('response', (headers, _flags, raw: string[]) =>
    replied({
      status: headers[':status'] ?? 0,
      headers: listOf(raw),
      body: sent,
      trailers: () => listOf(trailers),
    }),
  )
  sent.on('error', (error) => failed(reasonOf(error)))
  request.body.pipe(sent)
  return () => sent.close(constants.NGHTTP2_CANCEL)
}

/** Why there is no reply, as Envoy says it. */
function reasonOf(error: Error): Failure {
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'ECONNREFUSED')
    return { kind: 'connect-failure', status: 503, why: 'remote connection failure' }
  if (/PROTOCOL|HPE_/.test(code)) return { kind: 'reset', status: 502, why: 'protocol error' }
  if (code !== 'ERR_HTTP2_STREAM_ERROR')
    return { kind: 'reset', status: 503, why: 'connection termination' }
  const isRefused = error.message.includes('REFUSED_STREAM')
  return isRefused
    ? { kind: 'refused-stream', status: 503, why: 'remote refused stream reset' }
    : { kind: 'reset', status: 503, why: 'remote reset' }
}
