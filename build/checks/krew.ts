import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { moduleTool, root } from './tools.ts'

/** Krew itself validates the manifest and installs the packed command line with it, for Linux and for macOS. */
export function checkKrewManifest(): void {
  const krew = moduleTool('krew', 'cmd/krew')
  const folder = mkdtempSync(path.join(tmpdir(), 'krew-'))
  try {
    const packed = execFileSync(
      'npm',
      ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder],
      { cwd: root, encoding: 'utf8' },
    )
    const archive = path.join(folder, packed.trim())
    const manifest = path.join(folder, 'traffic-shift.yaml')
    const printed = execFileSync(process.execPath, ['build/krew.ts', archive], { cwd: root })
    writeFileSync(manifest, printed)
    for (const system of ['darwin', 'linux']) {
      const place = path.join(folder, system)
      const environment = {
        ...process.env,
        KREW_ROOT: place,
        KREW_OS: system,
        KREW_NO_UPGRADE_CHECK: '1',
      }
      const files = ['--manifest', manifest, '--archive', archive]
      // Its output is only of interest if it fails, and then it is in the error.
      execFileSync(krew, ['install', ...files], { env: environment, stdio: 'pipe' })
      const { version }: { version: string } = JSON.parse(
        readFileSync(path.join(root, 'package.json'), 'utf8'),
      )
      const plugin = path.join(place, 'bin', 'kubectl-traffic_shift')
      const said = execFileSync(plugin, ['--version'], { encoding: 'utf8' })
      if (said.trim() !== version) throw new Error(`${plugin} prints ${said}`)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
