import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/**
 * The library with which GitHub draws the picture of a summary. It is downloaded when pictures of docs/ are made. It is no
 * dependency: nothing else needs it, and it has a hundred dependencies of its own.
 */
const PACKAGE = 'mermaid@11.17.2'
const SHA512 =
  'V6K3C8EBdEsPFZXSKMJe6ppQOENxuHARr9GvHX4hh47lAbhMRD9qf4oEK7LoaRQxULMa80/qt5gHO73aCleBBg=='

/** The text of mermaid.min.js. Throws if the registry does not have it, or has other bytes. */
export function mermaidScript(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'mermaid-'))
  try {
    const packed = execFileSync(
      'npm',
      ['pack', PACKAGE, '--silent', '--pack-destination', folder],
      {
        encoding: 'utf8',
      },
    )
    const archive = path.join(folder, packed.trim())
    const found = createHash('sha512').update(readFileSync(archive)).digest('base64')
    if (found !== SHA512) throw new Error(`${PACKAGE} has another checksum: sha512-${found}`)
    const file = 'package/dist/mermaid.min.js'
    execFileSync('tar', ['-xzf', archive, '-C', folder, file])
    return readFileSync(path.join(folder, file), 'utf8')
  } finally {
    rmSync(folder, { recursive: true })
  }
}
