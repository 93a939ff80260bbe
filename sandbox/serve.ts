import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { GatewayApiOptions } from './options.ts'
import { startSandbox } from './sandbox.ts'

const HELP = `node sandbox/serve.ts [--port PORT] [--web WEIGHTS] [--routes WEIGHTS] [--weights WEIGHTS] [--kubeconfig FILE]

Starts a mesh to try things on: an API server, a gateway, the application web, which speaks HTTP, and
the application tcp-echo of Istio's "TCP Traffic Shifting" task, all within this process. Ctrl-C stops it.
WEIGHTS are such as v1=80,v2=20.

  --port        port of the API server (default: any free one)
  --web         weights of VirtualService web to begin with (default: all to v1, without a weight)
  --routes      weights of HTTPRoute web-route, GRPCRoute grpc-route, TLSRoute tls-route and TCPRoute
                tcp-route to begin with (default: the same)
  --weights     weights of VirtualService tcp-echo to begin with (default: the same)
  --kubeconfig  file to write (default: one in a new temporary folder, removed at the end)
`

/** Weights such as `v1=80,v2=20`. Throws if a weight is not an integer. */
function readWeights(option: string, text: string): Record<string, number> {
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const match = /^([^=]+)=(\d+)$/.exec(pair.trim())
      if (match === null) throw new Error(`${option}: "${pair}" is not like v1=80`)
      return [match[1] ?? '', Number(match[2])]
    }),
  )
}

function routesFrom(text: string | undefined): GatewayApiOptions {
  if (text === undefined) return true
  const weights = readWeights('--routes', text)
  return { http: weights, grpc: weights, tls: weights, tcp: weights }
}

async function serve(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      weights: { type: 'string' },
      web: { type: 'string' },
      routes: { type: 'string' },
      kubeconfig: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(HELP)
    return
  }
  const sandbox = await startSandbox({
    apiPort: Number(values.port),
    ...(values.weights === undefined ? {} : { weights: readWeights('--weights', values.weights) }),
    web: values.web === undefined ? true : { http: readWeights('--web', values.web) },
    gatewayApi: routesFrom(values.routes),
  })
  const folder = mkdtempSync(join(tmpdir(), 'mesh-'))
  const file = values.kubeconfig ?? join(folder, 'kubeconfig')
  const authority = join(folder, 'authority.pem')
  writeFileSync(file, sandbox.kubeconfig, { mode: 0o600 })
  writeFileSync(authority, sandbox.web.authority)

  const stop = async () => {
    await sandbox.stop()
    rmSync(folder, { recursive: true })
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)

  const { gateway, web } = sandbox
  const name = 'web.example.com'
  process.stdout.write(`API server  ${sandbox.server}
gateway     ${gateway.host}:${gateway.port}
HTTP        ${web.host}:${web.http}
HTTPS       ${web.host}:${web.https}
authority   ${authority}
kubeconfig  ${file}

Try:
  export KUBECONFIG='${file}'
  kubectl get virtualservices,httproutes,grpcroutes,tlsroutes,tcproutes -n demo

  curl --resolve ${name}:${web.http}:${web.host} http://${name}:${web.http}/
  curl --resolve ${name}:${web.https}:${web.host} --cacert '${authority}' https://${name}:${web.https}/
  node dist/cli/index.js shift vs/web -n demo --subset v2 --weight 20 --expect stamp
  node dist/cli/index.js shift httproute/web-route -n demo --destination web-v2 --weight 20 --expect stamp

  for i in 1 2 3 4 5 6 7 8 9 10; do date | timeout 1 nc ${gateway.host} ${gateway.port}; done
  node dist/cli/index.js shift vs/tcp-echo -n demo --subset v2 --weight 20 \\
    --expect '{v1: "^one", v2: "^two"}'

Ctrl-C stops it.
`)
}

await serve()
