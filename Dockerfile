# One image for web, worker and beat; what differs is the command (docker-compose.yml).
FROM python:3.13-slim AS packages
COPY requirements.lock /
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes --requirement /requirements.lock

FROM python:3.13-slim
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1
# Settings insist on all that production needs. These values serve this step and stay out of the image.
RUN COMMONHOUR_MODE=production \
    COMMONHOUR_URL=https://build.invalid \
    COMMONHOUR_SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
    DATABASE_URL=sqlite:////tmp/unused.sqlite3 \
    EMAIL_URL=smtp://build.invalid \
    python manage.py collectstatic --no-input \
    && python -m compileall -q accounts calendars civiltime config demo directory notifications optimizer scheduler sessions \
    && useradd --system --uid 10001 --no-create-home commonhour
USER commonhour
EXPOSE 8000
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0", "--port", "8000"]
