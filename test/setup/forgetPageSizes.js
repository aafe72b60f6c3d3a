/** The package keeps the page sizes it learned for the life of the process. No test relies on another one. */
const file = `${process.cwd()}/dist/nodes/api/views/pageSize.js`;
const loaders = [require, globalThis.outsideJest?.require];
afterEach(() => {
	for (const loader of loaders) loader?.cache[file]?.exports.learnedSizes.clear();
});
