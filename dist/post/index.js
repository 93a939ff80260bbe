import { startPost } from '../programs/index.js'
startPost()
