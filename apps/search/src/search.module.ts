import { Module, type DynamicModule } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { defaultPool } from '#database/data-source.js';
import { DatabaseModule } from '#database/database.module.js';
import { Engine } from './engine/engine.js';
import { findLane } from './engine/find.database.js';
import { GenerationRepository } from './engine/generation.repository.js';
import { IndexRepository } from './engine/index.repository.js';
import { MatchRepository } from './engine/match.repository.js';
import { PostgresEngine } from './engine/postgres-engine.js';
import { WordRepository } from './engine/word.repository.js';
import { QueryController } from './query/query.controller.js';
import { QueryService } from './query/query.service.js';
import { ChatQueue } from './reader/chat-queue.js';
import { ComparisonService } from './reader/comparison.service.js';
import { ForgettingService } from './reader/forgetting.service.js';
import { Pace } from './reader/pace.js';
import { ReaderService } from './reader/reader.service.js';
import { RebuildService } from './reader/rebuild.service.js';
import type { SearchConfig } from './search.config.js';
import { searchDataSource } from './search.data-source.js';

/** The search service: what can be found, and who may find it. */
@Module({})
export class SearchModule {
  static register(config: SearchConfig, bus: Bus): DynamicModule {
    const lane = findLane(config.SEARCH_POOL_MAX, config.SEARCH_BUDGET_MS);
    const pool = { ...defaultPool, max: config.SEARCH_POOL_MAX, prepared: config.DATABASE_PREPARED };
    return {
      module: SearchModule,
      imports: [DatabaseModule.register(config.DATABASE_URL, searchDataSource, pool, lane)],
      controllers: [QueryController],
      providers: [
        { provide: Bus, useValue: bus },
        IndexRepository,
        MatchRepository,
        GenerationRepository,
        WordRepository,
        {
          provide: Engine,
          inject: [IndexRepository, MatchRepository, GenerationRepository, WordRepository],
          useFactory: (...repositories: [IndexRepository, MatchRepository, GenerationRepository, WordRepository]) =>
            new PostgresEngine(...repositories, config.SEARCH_BUDGET_MS),
        },
        { provide: Pace, useFactory: () => new Pace() },
        ChatQueue,
        ReaderService,
        ComparisonService,
        RebuildService,
        ForgettingService,
        QueryService,
      ],
    };
  }
}
