/** The build replaces the modules that build the parameters of a node by what they build. */
import { execFileSync } from 'node:child_process';
import { builtModule } from '../../helpers/testBed.mts';

type Exports = Record<string, unknown>;

it.each([
	['Teamogy', 'operations/parameters', 'parameters'],
	['TeamogyTrigger', 'triggers/poll/parameters', 'pollParameters'],
	['TeamogyPushTrigger', 'triggers/push/parameters', 'pushParameters'],
])('The data of %s is what nodes/%s.ts builds', (node, source, name) => {
	const data = builtModule<Exports>(`nodes/${node}/parameters.js`).parameters;
	expect(data).toEqual(builtModule<Exports>(`nodes/${source}.js`)[name]);
});

it('n8n loads the nodes and credentials without what they do', () => {
	// In a process of its own, since other tests have loaded everything.
	const code = `
		const { n8n } = require('./package.json');
		for (const file of [...n8n.nodes, ...n8n.credentials]) require('./' + file);
		const isOwn = (file) => file.startsWith(process.cwd() + '/dist/');
		console.log(Object.keys(require.cache).filter(isOwn).length);
	`;
	const modules = Number(execFileSync(process.execPath, ['-e', code], { encoding: 'utf8' }));
	expect(modules).toBeLessThan(25);
});
