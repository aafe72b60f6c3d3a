import { fails, holds, undecidable, type Finding, type Probe } from '../finding.mts';
import { encode, isObject, type Inspection } from '../inspection.mts';

/** What refusals look like. */

const anyView = ({ pages }: Inspection): string =>
	[...pages].find(([, { status }]) => status === 200)?.[0] ?? 'units';

function expectStatus(status: number, expected: readonly number[]): Finding {
	return expected.includes(status) ? holds(`Status ${status}`) : fails(`Status ${status}`);
}

export const wrongKey: Probe = async (inspection) => {
	const path = `views/${anyView(inspection)}?limit=1`;
	const { status } = await inspection.client.send('GET', path, { apiKey: 'not-a-key' });
	return expectStatus(status, [401, 403]);
};

export const unknownView: Probe = async ({ client }) => {
	const { status } = await client.send('GET', 'views/no.such.view?limit=1');
	return expectStatus(status, [404]);
};

export const unknownColumn: Probe = async (inspection) => {
	const { status } = await inspection.readView(
		anyView(inspection),
		'columns=noSuchColumn&limit=1&offset=0',
	);
	return expectStatus(status, [400, 422]);
};

export const brokenFilter: Probe = async (inspection) => {
	const query = `externalFilter=${encode('(id=')}&limit=1&offset=0`;
	const { status } = await inspection.readView(anyView(inspection), query);
	return expectStatus(status, [400, 422]);
};

/** Goes by the refusals that the other probes brought about. */
export const reasons: Probe = async ({ client }) => {
	if (!client.refusals.length) return undecidable('Nothing was refused');
	const silent = client.refusals.filter(({ text }) => text.trim() === '');
	if (silent.length) return fails(`${silent.length} of ${client.refusals.length} say nothing`);
	const asJson = client.refusals.every(({ body }) => isObject(body) || typeof body === 'string');
	return holds(asJson ? 'As JSON' : 'As text or HTML');
};
