import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/**
 * With what GitHub draws a summary's picture. It is fetched where pictures of docs/ are made and is
 * no dependency: nothing else needs it, and it brings a hundred packages.
 */
const PACKAGE = 'mermaid@11.17.2'
const SHA512 =
  'V6K3C8EBdEsPFZXSKMJe6ppQOENxuHARr9GvHX4hh47lAbhMRD9qf4oEK7LoaRQxULMa80/qt5gHO73aCleBBg=='

/** The text of mermaid.min.js; throws where the registry has it not, or has something else. */
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
    const got = createHash('sha512').update(readFileSync(archive)).digest('base64')
    if (got !== SHA512) throw new Error(`${PACKAGE} has another checksum: sha512-${got}`)
    const file = 'package/dist/mermaid.min.js'
    execFileSync('tar', ['-xzf', archive, '-C', folder, file])
    return readFileSync(path.join(folder, file), 'utf8')
  } finally {
    rmSync(folder, { recursive: true })
  }
}
