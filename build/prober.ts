import { createRequire } from 'node:module'
import path from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { rolldown } from 'rolldown'

const root = path.resolve(import.meta.dirname, '..')
/** The parser of HTTP, a module of WebAssembly: the largest part of the script, and one of the largest of the program. */
export const PARSER = 'undici/lib/llhttp/llhttp-wasm.js'

/** The script, and the files of which it is made. */
export type BundledProber = {
  code: string
  /** The text in it that is the parser. */
  parser: string
  files: readonly string[]
}

/**
 * The script that the Pods of a Job run, as one text without anything to install. Its bytes depend only on the sources and
 * the lock file. It is CommonJS, which `node -e` takes in every version.
 */
export async function bundledProber(): Promise<BundledProber> {
  const parser = compressed(createRequire(import.meta.url)(PARSER))
  const load = (id: string) => (id.endsWith(PARSER) ? parserFrom(`'${parser}'`) : null)
  const bundle = await rolldown({
    input: path.join(root, 'src/prober/main.ts'),
    platform: 'node',
    plugins: [{ name: 'small-parser', load }],
    logLevel: 'silent',
  })
  const { output } = await bundle.generate({ format: 'cjs', codeSplitting: false, minify: true })
  const files = (await bundle.watchFiles).filter((file) => path.isAbsolute(file))
  await bundle.close()
  return { code: output[0].code, parser, files: [...files, import.meta.filename] }
}

/** Text of the parser's module, from an expression for what is compressed. */
export function parserFrom(text: string): string {
  return `module.exports = require('node:zlib').brotliDecompressSync(Buffer.from(${text}, 'base64'))`
}

/** In base64, with a quarter to a half of the size. */
export function compressed(bytes: Buffer): string {
  return brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    },
  }).toString('base64')
}
