import { getOrCreate } from '../common/getOrCreate';
import type { TeamogyClient } from '../transport/client';
import { isRejectedByTeamogy } from '../transport/errors';
import { selectColumns } from './columns';
import type { Row, ViewQuery } from './row';
import { readRows } from './view';

/** The rows that a sample is taken of. */
export type ViewSource = Pick<ViewQuery, 'view' | 'unitId'>;

export const SAMPLE_ROWS = 100;

/** Samples of views, each read once for all items of a run. */
export class ViewSamples {
	/** By view and unit. */
	private readonly samples = new Map<string, Promise<Row[]>>();

	/** By view, unit and column. */
	private readonly filledRows = new Map<string, Promise<Row[] | undefined>>();

	/** By view, unit and column. */
	private readonly namedColumns = new Map<string, Promise<Row[] | undefined>>();

	constructor(private readonly client: TeamogyClient) {}

	/** The first rows of a view, with the columns of its own choice. */
	async read({ view, unitId }: ViewSource): Promise<Row[]> {
		const key = JSON.stringify([view, unitId]);
		const query = { view, unitId, limit: SAMPLE_ROWS };
		return await getOrCreate(this.samples, key, async () => await readRows(this.client, query));
	}

	/**
	 * Rows with a value in the column: few records may have one, and a view may leave out the column. Undefined
	 * where Teamogy refuses to filter by the column: the view may lack the column, or hold numbers in it.
	 */
	async readFilledRows({ view, unitId }: ViewSource, column: string): Promise<Row[] | undefined> {
		const key = JSON.stringify([view, unitId, column]);
		const filter = `NOT (${column}='')`;
		const query = { view, unitId, ...selectColumns(['id', column]), filter, limit: SAMPLE_ROWS };
		return await getOrCreate(this.filledRows, key, async () => await this.readAccepted(query));
	}

	/** Rows with the column, asked for by its name. Undefined where Teamogy refuses that. */
	async readNamedColumn({ view, unitId }: ViewSource, column: string): Promise<Row[] | undefined> {
		const key = JSON.stringify([view, unitId, column]);
		const query = { view, unitId, ...selectColumns(['id', column]), limit: SAMPLE_ROWS };
		return await getOrCreate(this.namedColumns, key, async () => await this.readAccepted(query));
	}

	private async readAccepted(query: ViewQuery): Promise<Row[] | undefined> {
		return await readRows(this.client, query).catch((error) => {
			if (isRejectedByTeamogy(error)) return undefined;
			throw error;
		});
	}
}
