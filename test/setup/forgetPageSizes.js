const { existsSync } = require('node:fs');
const { createRequire } = require('node:module');

/** The package keeps the page sizes it learned for the life of the process. No test relies on another one. */
const file = `${process.cwd()}/dist/nodes/api/views/pageSize.js`;
afterEach(() => {
	if (existsSync(file)) createRequire(file)(file).learnedSizes.clear();
});
