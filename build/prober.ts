import { createRequire } from 'node:module'
import path from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { rolldown } from 'rolldown'

const root = path.resolve(import.meta.dirname, '..')
const PARSER = 'undici/lib/llhttp/llhttp-wasm.js'

/** The script, and the files of which it is made. */
export type BundledProber = { code: string; files: readonly string[] }

/**
 * The script that the Pods of a Job run, as one text without anything to install. Its bytes depend only on the sources and
 * the lock file. It is CommonJS, which `node -e` takes in every version.
 */
export async function bundledProber(): Promise<BundledProber> {
  const bundle = await rolldown({
    input: path.join(root, 'src/prober/main.ts'),
    platform: 'node',
    plugins: [{ name: 'small-parser', load: (id) => (id.endsWith(PARSER) ? smallParser() : null) }],
    logLevel: 'silent',
  })
  const { output } = await bundle.generate({ format: 'cjs', codeSplitting: false, minify: true })
  const files = (await bundle.watchFiles).filter((file) => path.isAbsolute(file))
  await bundle.close()
  return { code: output[0].code, files: [...files, import.meta.filename] }
}

/** The parser of HTTP is the largest part of the script. Compressed, it has a third of its size. */
function smallParser(): string {
  const bytes: Buffer = createRequire(import.meta.url)(PARSER)
  const small = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY },
  }).toString('base64')
  return `module.exports = require('node:zlib').brotliDecompressSync(Buffer.from('${small}', 'base64'))`
}
