import type { Reply } from './client.mts';
import { encode, findRecord, isObject, quote, type Inspection, type Row } from './inspection.mts';

/** One company, created and updated to see what becomes of it. Marked as a test and as no longer valid. */
export interface Trial {
	name: string;
	created: Reply;
	/** As the response to the creation named it, or as the view did. */
	id?: unknown;
	/** Whether the view had it right after it was created. */
	isInView?: boolean;
	afterCreate?: Row;
	afterUpdate?: Row;
	/** The same update, sent again. */
	repeated?: Reply;
	afterClear?: Row;
	/** Two entries of `properties`, of which the first alone was updated after both were set. */
	entries?: [updated: string, leftOut: string];
	afterMerge?: Row;
}

const TAG = 'n8n-check';
const FIRST_INDUSTRY = 'n8n check';
export const SECOND_INDUSTRY = 'n8n check, updated';
export const ENTRY = 'n8n check';

/** Creates and updates the company. Every write is sent once. */
export async function makeTrial(inspection: Inspection, mark: string): Promise<Trial> {
	const { client } = inspection;
	const name = `TEST n8n check ${mark}, may be deleted`;
	const body = { name, industry: FIRST_INDUSTRY, tags: [TAG], isDisabled: true };
	const trial: Trial = { name, created: await client.send('POST', 'companies', { body }) };
	if (trial.created.status >= 300) return trial;
	const { rows } = await inspection.readView(
		'companies',
		`externalFilter=${encode(`name=${quote(name)}`)}&limit=5&offset=0`,
	);
	trial.isInView = rows.length === 1;
	trial.id = findId(trial.created.body) ?? rows[0]?.id;
	if (trial.id === undefined) return trial;
	const path = `companies?id=${encode(String(trial.id))}`;
	const read = async () => findRecord(await client.send('GET', path), trial.id).record;
	const update = async (changes: object) => await client.send('PATCH', path, { body: changes });

	trial.afterCreate = await read();
	await update({ industry: SECOND_INDUSTRY });
	trial.afterUpdate = await read();
	trial.repeated = await update({ industry: SECOND_INDUSTRY });
	await update({ industry: null });
	trial.afterClear = await read();
	trial.entries = findEntries(inspection);
	if (trial.entries) {
		const [updated, leftOut] = trial.entries;
		const { status } = await update({ properties: { [updated]: ENTRY, [leftOut]: ENTRY } });
		if (status >= 300) trial.entries = undefined;
		else {
			await update({ properties: { [updated]: `${ENTRY} 2` } });
			trial.afterMerge = await read();
		}
	}
	if (trial.afterCreate?.isDisabled !== true) await update({ isDisabled: true });
	return trial;
}

/** The ID in a response, wherever it stands. */
export function findId(body: unknown): unknown {
	if (!isObject(body)) return undefined;
	return (
		body.id ??
		Object.values(body)
			.map(findId)
			.find((id) => id !== undefined)
	);
}

/** Two entries that hold texts. None that begins with `ext`: those may set off a transfer to another system. */
function findEntries(inspection: Inspection): [string, string] | undefined {
	const rows = inspection.rowsOf('companies').map(({ properties }) => properties);
	const keys = [...new Set(rows.filter(isObject).flatMap((properties) => Object.keys(properties)))];
	const texts = keys.filter((key) => {
		const values = rows.filter(isObject).map((properties) => properties[key]);
		const given = values.filter((value) => value !== null && value !== undefined && value !== '');
		const isText = given.every((value) => typeof value === 'string' && !/^\d{4}-\d{2}/.test(value));
		return isText && /^\w+$/.test(key) && !/^ext/i.test(key);
	});
	return texts.length > 1 ? [texts[0], texts[1]] : undefined;
}
