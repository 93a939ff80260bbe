import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { partsIn } from './parts/build.ts'
import { GATEWAY } from './processes/addresses.ts'
import { adminKubeconfig } from './processes/start-mesh.ts'

/** Prints what a person can try, and starts a shell next to the mesh, or waits without a terminal. */
async function main(): Promise<number> {
  process.stdout.write(`${greeting()}\n`)
  if (process.stdin.isTTY) {
    // The shell handles Ctrl-C itself.
    process.on('SIGINT', () => undefined)
    return shell()
  }
  return new Promise(() => setInterval(() => undefined, 2 ** 30))
}

function greeting(): string {
  const enter = isRootOutside() ? '' : '--user --preserve-credentials '
  const environment = `env KUBECONFIG=${adminKubeconfig()} PATH=${partsIn().bin}:$PATH`
  const shift = `shift --namespace demo --virtual-service tcp-echo --subset v2 --weight 20`
  return `
kubeconfig  ${adminKubeconfig()}
gateway     ${GATEWAY.host}:${GATEWAY.port}

Three commands to try:

  kubectl get virtualservice tcp-echo --output yaml
  node dist/cli/index.js ${shift} --expect '{v1: "^one ", v2: "^two "}'
  bash -c 'for i in {1..10}; do exec 3<>/dev/tcp/${GATEWAY.host}/${GATEWAY.port}; echo hello >&3; head -n 1 <&3; done'

${process.stdin.isTTY ? 'This shell is beside the mesh; when it ends, all ends. Another terminal' : 'Ctrl-C ends it. A shell'} gets there by

  nsenter --target ${process.env.MESH_OUTER_PID} ${enter}--net --mount ${environment} bash
`
}

/** Whether root here is also root outside, and not a plain user in a namespace. */
function isRootOutside(): boolean {
  const [, outside, count] = readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/)
  return outside === '0' && count === '4294967295'
}

function shell(): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.env.SHELL || 'sh', { stdio: 'inherit' })
    child.once('error', () => resolve(1))
    child.once('exit', (status) => resolve(status ?? 1))
  })
}

process.exit(await main())
