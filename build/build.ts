import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { minify } from 'terser'
import { bundledProber, compressed, PARSER, parserFrom } from './prober.ts'

/**
 * Builds dist/ from src/: TypeScript to lib/, then one minified file for each bundle. The bytes depend only on the
 * sources and the lock file, so CI can compare them.
 */
/** The one bundle, of src/programs.ts. */
const BUNDLE = 'programs'
/** The programs in it, each with its first lines. */
const STARTERS = {
  action: `import { startAction } from '../programs/index.js'\nstartAction()\n`,
  post: `import { startPost } from '../programs/index.js'\nstartPost()\n`,
  cli: `#!/usr/bin/env node\nimport { startCommandLine } from '../programs/index.js'\nstartCommandLine()\n`,
} as const
/** The library's authenticators, file by file. */
const AUTHENTICATORS = [
  ['azure_auth.js', 'AzureAuth'],
  ['exec_auth.js', 'ExecAuth'],
  ['file_auth.js', 'FileAuth'],
  ['gcp_auth.js', 'GoogleCloudPlatformAuth'],
  ['oidc_auth.js', 'OpenIDConnectAuth'],
] as const
/** In the function of the bundler that makes the name of a chunk. */
const ENDING_OF_CHUNKS = '".index.js"'
/** Marks the functions that are to be in parentheses. */
const EAGER = '__eager__'
const root = path.resolve(import.meta.dirname, '..')
const lib = path.join(root, 'lib')

rmSync(lib, { recursive: true, force: true })
run('tsc', '-p', 'build')
stageClientNode()
stage('@actions/core', 'lib')
await placeProber()
rmSync(path.join(root, 'dist', BUNDLE), { recursive: true, force: true })
run('ncc', 'build', `lib/src/${BUNDLE}.js`, '--out', `dist/${BUNDLE}`, '--quiet')
await shrink(path.join(root, 'dist', BUNDLE))

for (const [program, text] of Object.entries(STARTERS)) {
  const folder = path.join(root, 'dist', program)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  // A command is executable, as npm makes it when it installs the package.
  writeFileSync(path.join(folder, 'index.js'), text, { mode: 0o755 })
  cpSync(path.join(root, 'dist/programs/package.json'), path.join(folder, 'package.json'))
}

/**
 * The script that Pods run: a file for the tests, and what the module that the program takes it from has. There it is
 * compressed, and its parser of HTTP is the program's own, which is compressed too.
 */
async function placeProber(): Promise<void> {
  const { code, parser } = await bundledProber()
  const folder = path.join(lib, 'prober')
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'index.js'), code)
  writeFileSync(path.join(folder, 'package.json'), '{"type":"commonjs"}\n')
  const own = path.join(lib, 'node_modules', path.dirname(PARSER))
  mkdirSync(own, { recursive: true })
  writeFileSync(path.join(own, 'compressed.js'), `module.exports = '${parser}'\n`)
  writeFileSync(path.join(own, path.basename(PARSER)), parserFrom("require('./compressed.js')"))
  const parts = code.split(parser)
  if (parts.length !== 2) throw new Error('The script for Pods does not have its parser once.')
  const rest = compressed(Buffer.from(JSON.stringify(parts)))
  writeFileSync(
    path.join(lib, 'src/evidence/jobs/prober-script.js'),
    `import { brotliDecompressSync } from 'node:zlib'
import parser from '${path.dirname(PARSER)}/compressed.js'
const parts = () => JSON.parse(brotliDecompressSync(Buffer.from('${rest}', 'base64')))
export const proberScript = () => parts().join(parser)
`,
  )
}

/**
 * Minifies a bundle: index.js, and the chunks that it loads later. The bundler's own minifier only renames variables: its
 * files are 5% larger. The names of chunks get a hash of the whole bundle, so that a program which is upgraded between its
 * start and the load of its chunks finds none, not those of another version.
 */
async function shrink(folder: string): Promise<void> {
  const chunks = globSync('*.index.js', { cwd: folder }).sort()
  const hash = createHash('sha256')
  for (const file of [...chunks, 'index.js']) hash.update(await minified(path.join(folder, file)))
  if (chunks.length === 0) return
  const ending = `.${hash.digest('hex').slice(0, 12)}.js`
  for (const file of chunks)
    renameSync(path.join(folder, file), path.join(folder, file.replace('.index.js', ending)))
  const index = path.join(folder, 'index.js')
  const text = readFileSync(index, 'utf8')
  writeFileSync(index, replacedOnce(text, ENDING_OF_CHUNKS, JSON.stringify(ending)))
}

function replacedOnce(text: string, old: string, by: string): string {
  const parts = text.split(old)
  if (parts.length !== 2) throw new Error(`${old} is not in the bundle exactly once`)
  return parts.join(by)
}

async function minified(file: string): Promise<string> {
  const { code = '' } = await minify(marked(readFileSync(file, 'utf8')), {
    module: true,
    compress: { ecma: 2020, passes: 2 },
    format: { ecma: 2020 },
  })
  const short = code.replaceAll(`${EAGER}(`, '(')
  writeFileSync(file, short)
  return short
}

/**
 * V8 compiles a function in parentheses at once. It reads any other one twice: to check its syntax, and when it is called.
 * The bundler puts its modules in parentheses, because they are called at the start, but the minifier removes them. So each
 * is the argument of a call until that is done. This saves a tenth of the start.
 */
function marked(text: string): string {
  return text.replaceAll(
    /^(\/\*\*\*\/ \d+:\n(?:\/\*\* .*\n|\n)*\/\*\*\*\/ )(?=\(\()/gm,
    `$1${EAGER}`,
  )
}

function run(tool: string, ...words: string[]): void {
  execFileSync(path.join(root, 'node_modules', '.bin', tool), words, {
    cwd: root,
    stdio: 'inherit',
  })
}

/**
 * A copy of @kubernetes/client-node for the bundler, which finds it before the installed one. Its package says that its
 * modules have no side effects, so the bundler leaves out the generated clients of every Kubernetes kind (5 MB, a third
 * of a second). A run only reads kubeconfigs with the library, and sends its requests with node:https. Some of its imports
 * are replaced by other packages.
 */
function stageClientNode(): void {
  stage('@kubernetes/client-node', 'dist')
  // Only the generated clients call it; it takes as long to load as all the rest, and does not start on Node 20.
  standIn('undici', absent('Agent', 'ProxyAgent', 'fetch'))
  // Only the dispatchers of undici call it.
  standIn('socks', absent('SocksClient'))
  // src/kube/credentials has its own for each of them, and refuses what Kubernetes clients no longer have (azure, gcp).
  for (const [file, name] of AUTHENTICATORS)
    writeFileSync(
      path.join(lib, 'node_modules', '@kubernetes/client-node', 'dist', file),
      `export class ${name} { isAuthProvider() { return false } }\n`,
    )
  stageSocks()
}

/**
 * The agent for SOCKS proxies, loaded when it is first used: few clusters are behind one, and it takes about 6% of the
 * start. Its library of IP addresses, which is as large as all the rest of it, is replaced by what it calls of it.
 */
function stageSocks(): void {
  const packages = path.join(lib, 'socks', 'node_modules')
  for (const name of ['socks-proxy-agent', 'socks', 'smart-buffer'])
    cpSync(path.join(root, 'node_modules', name), path.join(packages, name), { recursive: true })
  const addresses = readFileSync(path.join(import.meta.dirname, 'ip-address.cjs'), 'utf8')
  standIn('ip-address', addresses, packages)
  const agent = '../../socks/node_modules/socks-proxy-agent/dist/index.js'
  standIn(
    'socks-proxy-agent',
    `Object.defineProperty(exports, 'SocksProxyAgent', { get: () => require('${agent}').SocksProxyAgent })`,
  )
}

/** Text of a module whose exports must not be called. */
function absent(...names: string[]): string {
  const calls = names.map((name) => `exports.${name} = absent`)
  return `const absent = () => { throw new Error('left out of this bundle (build/build.ts)') }\n${calls.join('\n')}`
}

/** A package of one CommonJS module, which the copies beside it use in place of the installed one. */
function standIn(name: string, text: string, packages = path.join(lib, 'node_modules')): void {
  const folder = path.join(packages, name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name }))
  writeFileSync(path.join(folder, 'index.js'), `${text}\n`)
}

function stage(name: string, folder: string): void {
  const from = path.join(root, 'node_modules', name)
  const to = path.join(lib, 'node_modules', name)
  cpSync(path.join(from, folder), path.join(to, folder), { recursive: true })
  const manifest: object = JSON.parse(readFileSync(path.join(from, 'package.json'), 'utf8'))
  writeFileSync(path.join(to, 'package.json'), JSON.stringify({ ...manifest, sideEffects: false }))
}
