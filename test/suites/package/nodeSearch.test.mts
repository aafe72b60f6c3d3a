/** The node is found in n8n's list of nodes by the words that people type. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

// n8n-core brings the package with the search.
const { resolve } = createRequire(`${process.cwd()}/package.json`);
const require = createRequire(resolve('n8n-core'));

interface Listed {
	properties: { displayName: string; codex: { alias: string[] } };
}
/** n8n's own search, as its list of nodes calls it. */
const { sublimeSearch } = require('@n8n/utils/search/sublime-search') as {
	sublimeSearch(text: string, nodes: Listed[]): Array<{ item: Listed; score: number }>;
};

const toListed = (name: string, displayName: string): Listed => {
	const { alias } = JSON.parse(readFileSync(`nodes/${name}/${name}.node.json`, 'utf8'));
	return { properties: { displayName, codex: { alias } } };
};
// n8n lists the nodes of a package whose names differ by "Trigger" alone in one entry, that of the action node.
const teamogy = toListed('Teamogy', 'Teamogy');

const WORDS = [
	...['job', 'jobs', 'project', 'projects', 'task', 'tasks', 'time', 'time entry', 'time entries'],
	...[
		'timesheet',
		'timesheets',
		'worklog',
		'worklogs',
		'hours',
		'absence',
		'vacations',
		'attendance',
	],
	...['invoice', 'invoices', 'billing', 'accounting', 'payments', 'expenses', 'ledger', 'finance'],
	...[
		'company',
		'companies',
		'client',
		'clients',
		'customer',
		'customers',
		'supplier',
		'suppliers',
	],
	...[
		'vendor',
		'contact',
		'contacts',
		'person',
		'persons',
		'people',
		'user',
		'employee',
		'employees',
	],
	...[
		'staff',
		'brand',
		'brands',
		'opportunity',
		'opportunities',
		'sales',
		'leads',
		'deal',
		'document',
	],
	...['documents', 'contract', 'purchase order', 'purchase orders', 'quotation', 'quote', 'quotes'],
	...['estimate', 'overhead', 'budget', 'agency', 'agencies', 'crm', 'ERP', 'psa', 'teamogy'],
];

it.each(WORDS)('The node is found by "%s", by a word of its own', (word) => {
	const [found] = sublimeSearch(word, [teamogy]);
	expect(found?.item).toBe(teamogy);
	// Not by letters scattered over a longer word.
	const { displayName, codex } = teamogy.properties;
	const texts = [displayName, ...codex.alias].map((text) => text.toLowerCase());
	expect(texts.some((text) => text.includes(word.toLowerCase()))).toBe(true);
});

it.each([
	['TeamogyTrigger', ['new record', 'approved', 'poll', 'schedule', 'jobs', 'invoices', 'company']],
	['TeamogyPushTrigger', ['webhook', 'push', 'adapter', 'connectors', 'invoice', 'companies']],
])('%s is found by what starts it', (name, words) => {
	const trigger = toListed(name, name);
	for (const word of words)
		expect([word, sublimeSearch(word, [trigger])]).toEqual([word, [expect.anything()]]);
});
