import { spawnSync } from 'node:child_process'

/**
 * Installs a package of Debian or Ubuntu whose program has the same name, if it is missing and this user may do that. Fails
 * with the command otherwise.
 */
export function installOnce(name: string): void {
  if (isInstalled(name)) return
  const install = ['apt-get', 'install', '--yes', '--no-install-recommends', name]
  if (process.getuid?.() === 0) {
    spawnSync('apt-get', ['update'], { stdio: 'ignore' })
    spawnSync(install[0] ?? '', install.slice(1), { stdio: ['ignore', 'ignore', 'inherit'] })
  }
  if (!isInstalled(name)) throw new Error(`missing: ${name}\n  sudo apt-get install ${name}`)
}

function isInstalled(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0
}
