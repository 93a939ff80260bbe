import { type Block, blocksOf, commandsOf, documents } from './markdown.ts'

/** What runs a command of the documents that no test runs: a line of a file, or nothing, and why. */
type Elsewhere = { by: readonly [file: string, line: string] | undefined; why: string }

const IN_CI = (line: string): Elsewhere['by'] => ['.ci/run', line]

/** Commands that are too heavy for a test, or unsuitable for one, exactly as the documents have them. */
export const ELSEWHERE: ReadonlyMap<string, Elsewhere> = new Map<string, Elsewhere>([
  ['npm ci && npm run demo', { by: IN_CI('npm run demo'), why: 'takes long' }],
  ['npm ci && npm test', { by: IN_CI('npm test'), why: 'is what runs this' }],
  ['npm ci', { by: IN_CI('npm ci --no-audit --no-fund'), why: 'replaces what the test runs on' }],
  ['npm test', { by: IN_CI('npm test'), why: 'is what runs this' }],
  ['npm run check', { by: IN_CI('npm run check'), why: 'takes long' }],
  ['npm run build', { by: IN_CI('npm run build'), why: 'replaces what other tests run' }],
  ['npm run docs', { by: IN_CI('npm run docs'), why: 'writes files of the tree' }],
  ['npm run test:browser', { by: IN_CI('npm run test:browser'), why: 'needs a browser' }],
  ['npm run test:long', { by: IN_CI('npm run test:long'), why: 'would run itself' }],
  ['npm run test:act', { by: IN_CI('npm run test:act'), why: 'builds act' }],
  ['npm run screenshots', { by: undefined, why: 'writes files of the tree, fetches Mermaid' }],
  ['npm run record', { by: undefined, why: 'writes files of the tree' }],
  [
    'npm ci --prefix site',
    {
      by: IN_CI('npm ci --prefix site --ignore-scripts --no-audit --no-fund'),
      why: 'fetches packages',
    },
  ],
  ['npm run site', { by: IN_CI('npm run site:check'), why: 'needs those packages' }],
  ['npm run site:check', { by: IN_CI('npm run site:check'), why: 'likewise' }],
  ['npm test -- test/rollout/api-calls.test.ts', { by: IN_CI('npm test'), why: 'a part of it' }],
  ['npm run e2e', { by: IN_CI('npm run e2e'), why: 'builds a mesh' }],
  ['npm run e2e -- rights', { by: IN_CI('npm run e2e'), why: 'a part of it' }],
  ["npm run e2e -- -t 'byte for byte'", { by: IN_CI('npm run e2e'), why: 'a part of it' }],
  ['MESH_LOGS=/tmp/logs npm run e2e', { by: IN_CI('npm run e2e'), why: 'the same' }],
  ['.ci/run', { by: ['.github/workflows/ci.yml', '- run: .ci/run'], why: 'is what runs this' }],
  [
    'npm run check:workflows',
    {
      by: IN_CI('npm run check:workflows'),
      why: 'builds and fetches the linters',
    },
  ],
  [
    'sudo sysctl --write kernel.apparmor_restrict_unprivileged_userns=0',
    {
      by: [
        '.github/workflows/ci.yml',
        '- run: sudo sysctl --write kernel.apparmor_restrict_unprivileged_userns=0',
      ],
      why: 'changes the machine',
    },
  ],
  [
    'npm run bench:crash',
    {
      by: ['test/crash/crash.long.ts', 'await strikeAll(cases, 2, embeddedWorld, outcomes)'],
      why: 'all points take minutes; the test interrupts a part of them with the same functions',
    },
  ],
  [
    'npm run bench:job-kills',
    {
      by: ['test/rollout/jobs/kills.long.ts', 'const killed = await killAll({'],
      why: 'a thousand kills take many minutes; the test does some of them with the same functions',
    },
  ],
  ['npm run e2e -- bench', { by: undefined, why: 'takes 12 minutes, and is a benchmark' }],
  ['npm run e2e -- bench --rollouts 10 --checks 0', { by: undefined, why: 'is a benchmark' }],
  ['npm run e2e -- bench --protocol http', { by: undefined, why: 'is a benchmark' }],
  ['npm run e2e -- bench --protocol httproute', { by: undefined, why: 'is a benchmark' }],
  ['npm run e2e -- bench --canary', { by: undefined, why: 'is a benchmark' }],
  ['npm run e2e -- bench --health', { by: undefined, why: 'is a benchmark' }],
  ['npm run e2e -- bench --requests', { by: undefined, why: 'is a benchmark' }],
  ['npm run e2e -- bench --users', { by: undefined, why: 'is a benchmark' }],
  ['npm run e2e -- bench --counters', { by: undefined, why: 'is a benchmark' }],
  ['npm run e2e -- bench --proxies', { by: undefined, why: 'is a benchmark' }],
  ['npm run e2e -- bench --jobs', { by: undefined, why: 'is a benchmark' }],
  ['npm run e2e -- bench --reach', { by: undefined, why: 'is a benchmark' }],
  ['npm run e2e -- bench --wire', { by: undefined, why: 'is a benchmark' }],
  ['npm run e2e -- bench --run', { by: undefined, why: 'is a benchmark' }],
  ['npm run mesh', { by: undefined, why: 'is for a person; e2e/run.ts starts the same mesh' }],
  ['npm run format', { by: undefined, why: 'writes files of the tree' }],
  ['ulimit -n', { by: undefined, why: 'shows a limit of the machine that runs it' }],
  ['sysctl net.ipv4.ip_local_port_range', { by: undefined, why: 'likewise' }],
  ['istioctl proxy-status', { by: undefined, why: 'is in no registry that CI reaches' }],
  [
    'istioctl proxy-config listeners deployment/istio-ingressgateway.istio-system --port 31400 --output json',
    { by: undefined, why: 'likewise' },
  ],
  [
    'istioctl proxy-status istio-ingressgateway-7d9f8c6b5-x2x7k.istio-system',
    { by: undefined, why: 'likewise' },
  ],
  [
    'kubectl --namespace istio-system logs istio-ingressgateway-7d9f8c6b5-x2x7k --container istio-proxy',
    { by: undefined, why: 'names a Pod of a mesh' },
  ],
  ['ulimit -n', { by: undefined, why: 'shows a limit of the machine' }],
  ['sysctl net.ipv4.ip_local_port_range', { by: undefined, why: 'likewise' }],
  [
    'gh attestation verify istio-traffic-shift-v0.1.0.tar.gz --repo istio-traffic-shift/istio-traffic-shift',
    { by: undefined, why: 'asks GitHub for a release' },
  ],
  [
    'gh attestation verify istio-traffic-shift-0.1.0.tgz --repo istio-traffic-shift/istio-traffic-shift',
    { by: undefined, why: 'likewise' },
  ],
  [
    'sha256sum --check --ignore-missing SHA256SUMS',
    { by: undefined, why: 'needs the files of a release' },
  ],
  ...[
    'docker load --input istio-traffic-shift-v0.1.0-image-amd64.tar.gz',
    'docker tag istio-traffic-shift:0.1.0 registry.example.com/istio-traffic-shift:0.1.0',
    'docker push registry.example.com/istio-traffic-shift:0.1.0',
  ].map((command) => [command, { by: undefined, why: 'needs a release and a registry' }] as const),
  ['npm pack', { by: ['build/checks/krew.ts', "'npm',"], why: 'is a part of a block with docker' }],
  [
    'docker build --tag registry.example.com/istio-traffic-shift:0.1.0 .',
    {
      by: ['.github/workflows/ci.yml', 'docker build --tag istio-traffic-shift .'],
      why: 'needs a builder',
    },
  ],
  [
    'kubectl krew install --manifest traffic-shift.yaml --archive istio-traffic-shift-0.1.0.tgz',
    {
      by: ['build/checks/krew.ts', "const files = ['--manifest', manifest, '--archive', archive]"],
      why: 'Krew is no part of the real mesh',
    },
  ],
  [
    'npm run pin -- v0.1.0',
    { by: undefined, why: 'writes files of the tree; test/docs/pins.test.ts has what it does' },
  ],
  [
    'source <(istio-traffic-shift completion bash)',
    {
      by: [
        'test/commands/completion/shells.long.ts',
        "const BASH = 'source <(istio-traffic-shift completion bash)'",
      ],
      why: 'changes the shell that runs it',
    },
  ],
  [
    'kubectl traffic-shift completion kubectl > ~/.krew/bin/kubectl_complete-traffic_shift',
    {
      by: [
        'e2e/suite/package.test.ts',
        "const { text: script } = await run('kubectl', ['traffic-shift', 'completion', 'kubectl'])",
      ],
      why: 'writes into the home folder',
    },
  ],
  [
    'chmod +x ~/.krew/bin/kubectl_complete-traffic_shift',
    {
      by: ['e2e/suite/package.test.ts', 'writeFileSync(file, script, { mode: 0o700 })'],
      why: 'is for a file in the home folder',
    },
  ],
  [
    'man -l man/istio-traffic-shift.1',
    { by: undefined, why: 'is for a person; test/build/man-page.test.ts checks the page' },
  ],
  ['git tag --annotate v0.1.0 --message v0.1.0', { by: undefined, why: 'makes a release' }],
  ['git push origin v0.1.0', { by: undefined, why: 'makes a release' }],
])

/** What a test may run in a copy of the repository: the command line, and what installs it. */
const OF_A_USER =
  /^(node dist\/cli\/index\.js|istio-traffic-shift|npm pack$|npm install --global --offline --ignore-scripts \.\/)/

/** What only an account of a cloud can run. */
const OF_A_CLOUD = /^(aws|az|gcloud) /

/** What runs a block of commands. */
export type Runner = 'embedded mesh' | 'real mesh' | 'elsewhere'

/** Blocks of commands in the documents, each with what runs it. Undefined: nothing does, which is a defect. */
export function commandBlocks(): { block: Block; runner: Runner | undefined }[] {
  return documents()
    .flatMap(blocksOf)
    .filter(({ language }) => ['sh', 'bash', 'shell', 'console'].includes(language))
    .map((block) => ({ block, runner: runnerOf(block) }))
}

/** A block is run as a whole, because one command may need the effect of another. */
export function runnerOf(block: Pick<Block, 'text'>): Runner | undefined {
  const commands = commandsOf(block)
  if (commands.every((command) => ELSEWHERE.has(command) || OF_A_CLOUD.test(command)))
    return 'elsewhere'
  if (commands.every((command) => command.startsWith('kubectl '))) return 'real mesh'
  return commands.every((command) => OF_A_USER.test(command)) ? 'embedded mesh' : undefined
}
