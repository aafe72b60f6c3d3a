const { sep } = require('node:path');
const Environment = require('./environment.js');

const dist = `${process.cwd()}${sep}dist${sep}`;

/**
 * Jest loads every module anew for each suite, in a context of its own. n8n's engine takes a second to load, so the
 * harness loads it with the `require` of Node.js itself: once in a worker. The package's own modules are forgotten
 * before each suite, as if n8n had been restarted.
 */
module.exports = class extends Environment {
	constructor(config, context) {
		super(config, context);
		for (const file of Object.keys(require.cache)) {
			if (file.startsWith(dist)) delete require.cache[file];
		}
		// Jest empties what a suite leaves behind in its global object, but not what a getter gives.
		Object.defineProperty(this.global, 'outsideJest', {
			get: () => ({ require, global: globalThis }),
		});
		this.exitListeners = process.listeners('exit');
	}

	async teardown() {
		await super.teardown();
		// The engine's services wait for the end of the process. Each suite has services of its own.
		for (const listener of process.listeners('exit')) {
			if (!this.exitListeners.includes(listener)) process.off('exit', listener);
		}
	}
};
