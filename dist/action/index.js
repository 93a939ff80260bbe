import { startAction } from '../programs/index.js'
startAction()
