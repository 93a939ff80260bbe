import { join } from 'node:path'

/** A file or folder of the mesh next to this process: logs, process ids, credentials. */
export function statePath(...names: string[]): string {
  const folder = process.env.MESH_DIR
  if (!folder) throw new Error('not beside a mesh: start it with npm run e2e or npm run mesh')
  return join(folder, ...names)
}
