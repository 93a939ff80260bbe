import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { evaluate, type Scrape } from './evaluate.ts'
import { parseExposition } from './exposition.ts'
import { ParseError, parseQuery } from './parse.ts'
import { ExecutionError, type Value } from './value.ts'

/** A server with the part of Prometheus' HTTP API that metrics of a rollout need, and faults that a test can request. */
export type Prometheus = {
  url: string
  /** Every query that was received, in order. */
  queries: readonly { method: string; query: string; headers: IncomingMessage['headers'] }[]
  /** Reads the metrics of its target now. */
  scrape(): void
  /** From now on; undefined: none. */
  fault: PrometheusFault | undefined
  stop(): Promise<void>
}

/** `times`: how many requests meet it; default: all. */
export type PrometheusFault = FaultKind & { times?: number }

type FaultKind =
  /** Answers with this, whatever is asked. */
  | { kind: 'answers'; status: number; headers?: Record<string, string>; body: string }
  /** Reads requests and never answers. */
  | { kind: 'hangs' }
  /** Closes each connection when it has a request. */
  | { kind: 'resets' }

/** Labels that a scrape adds. */
const TARGET = { job: 'app', instance: 'app:80' }

/**
 * Starts a server that collects metrics from one target.
 *
 * @param expose the metrics of the target, in the text format of Prometheus
 */
export async function startPrometheus(
  expose: () => string,
  { scrapeMs = 200 }: { scrapeMs?: number } = {},
): Promise<Prometheus> {
  const scrapes: Scrape[] = []
  const queries: { method: string; query: string; headers: IncomingMessage['headers'] }[] = []
  const scrape = () => {
    const samples = parseExposition(`${expose()}\nup 1\n`)
    const labelled = samples.map(({ labels, value }) => ({
      labels: { ...labels, ...TARGET },
      value,
    }))
    scrapes.push({ atMs: Date.now(), samples: labelled })
  }
  const server = createServer((request, response) => {
    const fault = faultOfNext()
    if (fault?.kind === 'hangs') return
    if (fault?.kind === 'resets') return void request.socket.destroy()
    if (fault) return void response.writeHead(fault.status, fault.headers).end(fault.body)
    void formOf(request).then((form) => {
      const query = form.get('query') ?? ''
      if (isQuery(request))
        queries.push({ method: request.method ?? '', query, headers: request.headers })
      answer(request, response, query)
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  scrape()
  const timer = setInterval(scrape, scrapeMs)
  timer.unref()
  const prometheus: Prometheus = {
    url: `http://127.0.0.1:${port}`,
    queries,
    scrape,
    fault: undefined,
    stop() {
      clearInterval(timer)
      server.closeAllConnections()
      return new Promise((stopped) => server.close(() => stopped()))
    },
  }
  return prometheus

  function faultOfNext(): PrometheusFault | undefined {
    const { fault } = prometheus
    if (fault?.times === undefined) return fault
    prometheus.fault = fault.times > 1 ? { ...fault, times: fault.times - 1 } : undefined
    return fault
  }

  function answer(request: IncomingMessage, response: ServerResponse, query: string): void {
    if (!isQuery(request))
      return void response
        .writeHead(404, { 'content-type': 'text/plain' })
        .end('404 page not found\n')
    const reply = resultOf(query, scrapes)
    const text = JSON.stringify(reply.body)
    response.writeHead(reply.status, { 'content-type': 'application/json' }).end(text)
  }
}

function isQuery({ url = '', method = '' }: IncomingMessage): boolean {
  return /^\/api\/v1\/query(?:\?|$)/.test(url) && ['GET', 'POST'].includes(method)
}

/** The parameters of the address, and of a form. */
async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const { searchParams } = new URL(request.url ?? '/', 'http://server')
  let body = ''
  for await (const chunk of request) body += String(chunk)
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  if (isForm) for (const [name, value] of new URLSearchParams(body)) searchParams.set(name, value)
  return searchParams
}

function resultOf(query: string, scrapes: readonly Scrape[]): { status: number; body: object } {
  const nowMs = Date.now()
  try {
    const data = dataOf(evaluate(parseQuery(query), scrapes, nowMs), nowMs)
    return { status: 200, body: { status: 'success', data } }
  } catch (error) {
    const isParsing = error instanceof ParseError
    if (!isParsing && !(error instanceof ExecutionError)) throw error
    const begin = isParsing ? 'invalid parameter "query": 1:1: parse error: ' : ''
    const errorType = isParsing ? 'bad_data' : 'execution'
    const body = { status: 'error', errorType, error: `${begin}${error.message}` }
    return { status: isParsing ? 400 : 422, body }
  }
}

function dataOf(value: Value, nowMs: number): { resultType: string; result: unknown } {
  const at = (number: number, ms = nowMs) => [ms / 1000, numberText(number)]
  switch (value.kind) {
    case 'scalar':
      return { resultType: value.kind, result: at(value.value) }
    case 'string':
      return { resultType: value.kind, result: [nowMs / 1000, value.text] }
    case 'vector':
      return {
        resultType: value.kind,
        result: value.samples.map((one) => ({ metric: one.labels, value: at(one.value) })),
      }
    case 'matrix':
      return {
        resultType: value.kind,
        result: value.series.map(({ labels, points }) => ({
          metric: labels,
          values: points.map(([ms, number]) => at(number, ms)),
        })),
      }
  }
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf'
}
