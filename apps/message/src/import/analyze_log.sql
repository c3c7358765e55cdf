-- Written by `npm run queries`, so that a review sees what reaches the database.

CREATE OR REPLACE FUNCTION message.analyze_log()
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
        ANALYZE message.messages, message.chat_heads, message.import_keys
      $function$;
