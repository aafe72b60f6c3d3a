import { NoReply, TooBusy, type Reply } from './client.mts';
import { encode, findRecord, isObject, quote, type Inspection, type Row } from './inspection.mts';
import type { TrialPlan } from './trialPlan.mts';

/** What became of the company that `--write` creates and updates. */
export interface Trial {
	plan: TrialPlan;
	/** The response to the creation; undefined where none came. */
	created?: Reply;
	/** As the response to the creation names it, or as the view does. */
	id?: unknown;
	/** Whether the view had the company right after the creation. */
	isInView?: boolean;
	afterCreate?: Row;
	afterUpdate?: Row;
	/** The response to the same update, sent again. */
	repeated?: Reply;
	afterClear?: Row;
	/** After one of the two entries of `properties` was updated alone; undefined where Teamogy took no entries. */
	afterMerge?: Row;
	/** What ended the trial early. */
	interruption?: NoReply | TooBusy;
	/** The company as it is left behind; undefined where it could not be read. */
	left?: Row;
}

export const SECOND_INDUSTRY = 'n8n check, updated';
export const ENTRY = 'n8n check';
export const UPDATED_ENTRY = `${ENTRY} 2`;

export const isEmpty = (value: unknown): boolean =>
	value === undefined || value === null || value === '';

/** Creates and updates the company, then clears what it wrote. An error of the connection ends the trial, not the check. */
export async function runTrial(inspection: Inspection, plan: TrialPlan): Promise<Trial> {
	const trial: Trial = { plan };
	await untilInterrupted(trial, async () => {
		await create(inspection, trial);
		if (trial.id !== undefined) await update(new Company(inspection, trial.id), trial);
	});
	if (trial.id !== undefined) {
		await untilInterrupted(trial, async () => {
			await tidy(new Company(inspection, trial.id), trial);
		});
	}
	return trial;
}

async function untilInterrupted(trial: Trial, run: () => Promise<void>): Promise<void> {
	try {
		await run();
	} catch (caught) {
		if (!(caught instanceof NoReply || caught instanceof TooBusy)) throw caught;
		trial.interruption = caught;
	}
}

/** The company that was created. */
class Company {
	private readonly path: string;

	constructor(
		private readonly inspection: Inspection,
		private readonly id: unknown,
	) {
		this.path = `companies?id=${encode(String(id))}`;
	}

	async read(): Promise<Row | undefined> {
		return findRecord(await this.inspection.client.send('GET', this.path), this.id).record;
	}

	async update(changes: object): Promise<Reply> {
		return await this.inspection.client.send('PATCH', this.path, { body: changes });
	}
}

async function create(inspection: Inspection, trial: Trial): Promise<void> {
	const { name, body } = trial.plan;
	trial.created = await inspection.client.send('POST', 'companies', { body });
	if (trial.created.status >= 300) return;
	trial.id = findId(trial.created.body);
	const { rows } = await inspection.readView(
		'companies',
		`externalFilter=${encode(`name=${quote(name)}`)}&limit=5&offset=0`,
	);
	trial.isInView = rows.length === 1;
	trial.id ??= rows[0]?.id;
}

async function update(company: Company, trial: Trial): Promise<void> {
	trial.afterCreate = await company.read();
	await company.update({ industry: SECOND_INDUSTRY });
	trial.afterUpdate = await company.read();
	trial.repeated = await company.update({ industry: SECOND_INDUSTRY });
	await company.update({ industry: null });
	trial.afterClear = await company.read();
	if (!trial.plan.entries) return;
	const [updated, leftOut] = trial.plan.entries;
	const { status } = await company.update({ properties: { [updated]: ENTRY, [leftOut]: ENTRY } });
	if (status >= 300) return;
	await company.update({ properties: { [updated]: UPDATED_ENTRY } });
	trial.afterMerge = await company.read();
}

/** Clears what was written, with null and else with an empty text, and marks the company where the creation did not. */
async function tidy(company: Company, trial: Trial): Promise<void> {
	trial.left = await company.read();
	if (trial.left?.isDisabled !== true) {
		await company.update({ isDisabled: true });
		trial.left = await company.read();
	}
	for (const empty of [null, '']) {
		const filled = listFilled(trial);
		if (!filled.length) return;
		const entries = filled.filter((name) => name !== 'industry');
		await company.update({
			...(filled.includes('industry') && { industry: empty }),
			...(entries.length && {
				properties: Object.fromEntries(entries.map((key) => [key, empty])),
			}),
		});
		trial.left = await company.read();
	}
}

/** What still holds a text of the check, of the field and the entries that are cleared at the end. */
function listFilled({ plan, left }: Trial): string[] {
	const written = ['industry', ...(plan.entries ?? [])];
	if (!left) return written;
	const properties = isObject(left.properties) ? left.properties : {};
	return written.filter((name) => !isEmpty(name === 'industry' ? left.industry : properties[name]));
}

/** The ID in a response, at whatever depth. */
export function findId(body: unknown): unknown {
	if (!isObject(body)) return undefined;
	return (
		body.id ??
		Object.values(body)
			.map(findId)
			.find((id) => id !== undefined)
	);
}

/** What a person must know of the company: whether there is one, and what is left to do by hand. For the screen only. */
export function describeTrial(trial: Trial): string {
	const { plan, created, id, interruption, left } = trial;
	const company = `the company "${plan.name}"`;
	// A gateway responds with 502 or 504 although what stands behind it may have done its work.
	if (created ? created.status >= 500 : interruption instanceof NoReply) {
		const what = created ? `Teamogy answered ${created.status}` : interruption?.message;
		return `${what} when ${company} was created. It may have been created all the same: look for this name in Teamogy.`;
	}
	if (!created) return `No company was created: ${interruption?.message}.`;
	if (created.status >= 300) {
		return `No company was created: Teamogy answered ${created.status}.`;
	}
	const filled = listFilled(trial);
	return [
		`Created: ${company}, ${id === undefined ? 'whose ID is not known' : `ID ${String(id)}`}.`,
		interruption && `${interruption.message} while it was updated.`,
		id === undefined && 'It was not updated.',
		left?.isDisabled !== true &&
			'Whether it is marked as no longer valid is not certain: see to it in Teamogy.',
		id !== undefined && filled.length && `Not cleared: ${filled.join(', ')}.`,
	]
		.filter(Boolean)
		.join(' ');
}
